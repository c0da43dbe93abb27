import Authentication
import Bytes

extension FuzzTarget {
    /// A record that is written anew is the same record, and what is no JSON object is never one.
    static let sessionRecord = FuzzTarget(name: "session-record") { input in
        var tree: JSONTree?
        do throws(JSONError) {
            tree = try JSONTree(input, duplicateNames: .allowed)
        } catch {
            // What nobody reads of a record may be deeper than a tree is.
            guard error != .tooDeep else { return }
        }
        for kind in RecordQuery.Kind.allCases {
            let outcome = describe(input, as: kind)
            if case .object? = tree, let text = tree?.text {
                expect(outcome != describe(.notJSON), "an object is JSON")
                expect(describe(text.span.bytes, as: kind) == outcome, "a record comes back from its text")
            } else {
                expect(outcome == describe(.notJSON), "what is no object is no record")
            }
        }
    }

    private static func describe(_ input: RawSpan, as kind: RecordQuery.Kind) -> String {
        do throws(RecordError) {
            return "\(try Record(input, for: RecordQuery(kind: kind, key: Array("a8c1".utf8))))"
        } catch {
            return describe(error)
        }
    }

    private static func describe(_ error: RecordError) -> String { "refused: \(error)" }
}
