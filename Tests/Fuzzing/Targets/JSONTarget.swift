import Bytes

extension FuzzTarget {
    /// Skipping and reading judge alike; what was read, written anew, is read as the same; a raw value stands by itself.
    static let json = FuzzTarget(name: "json") { input in
        let tree = try? JSONTree(input, duplicateNames: .refused)
        expect((tree != nil) == isJSON(input, duplicateNames: .refused), "skipping judges as reading does")
        if let tree {
            let text = tree.text
            expect(
                (try? JSONTree(text.span.bytes, duplicateNames: .refused)) == tree, "a tree comes back from its text")
            expect(isJSON(input, duplicateNames: .allowed), "unique names are allowed when all are")
        }
        checkRawValues(of: input)
    }

    private static func isJSON(_ input: RawSpan, duplicateNames: JSONReader.DuplicateNames) -> Bool {
        var reader = JSONReader(input, duplicateNames: duplicateNames)
        return (try? reader.finish()) != nil
    }

    private static func checkRawValues(of input: RawSpan) {
        var reader = JSONReader(input)
        guard (try? reader.enterObject()) == true else { return }
        do {
            while let name = try reader.nextMember() {
                expect(name.equals(name.copy().span.bytes), "a name equals its copy")
                let range = try reader.readRawValue()
                expect(isJSON(input.extracting(range), duplicateNames: .allowed), "a raw value is JSON by itself")
            }
        } catch {}
    }
}
