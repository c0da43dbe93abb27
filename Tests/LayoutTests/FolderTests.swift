import Testing

/// Folders inside a target are stages: they don't know each other in circles.
@Suite struct FolderTests {
    @Test(arguments: SourceTree.targets.keys.sorted())
    func `the folders of a target form no circle`(target: String) {
        #expect(FolderGraph(SourceTree.targets[target, default: []]).circles == [])
    }

    @Test func `a circle is found, however many folders it leads through`() {
        #expect(circles(["A/X": "struct X { var y: Y }", "B/Y": "enum Y { case x(X) }"]).count == 2)
        #expect(circles(["A/X": "struct X { var y: Y }", "Y": "enum Y { case x(X) }"]).count == 2)
        #expect(
            circles(["A/X": "struct X: Y {}", "B/Y": "protocol Y { func z() -> Z }", "C/Z": "class Z { let x = X() }"])
                == [
                    "A knows B (X: Y of Y)", "B knows C (Y: Z of Z)", "C knows A (Z: X of X)",
                ])
    }

    @Test func `what knows a circle, or is known to it, is not in it`() {
        let files = [
            "A/X": "struct X { var y: Y }", "B/Y": "enum Y { case x(X), w(W) }", "C/Z": "struct Z { var x: X }",
            "D/W": "struct W {}",
        ]
        #expect(circles(files) == ["A knows B (X: Y of Y)", "B knows A (Y: X of X)"])
    }

    @Test(arguments: [
        "// X is known", "let a = \"X\"", "let a = #\"\\(X())\"#", "let a = \"\"\"\n    X\n    \"\"\"", "let a = aX",
        "/// `X`", "let a = \"\\\"X\"", "let a = \"//\"; let b = \"X\"",
    ])
    func `a word in a comment or a text is no use`(code: String) {
        #expect(circles(["A/X": "struct X { var y: Y }", "B/Y": "struct Y {}\n\(code)"]) == [])
    }

    @Test(arguments: [
        "let a = X()", "let a: [X?]", "let a = \"\\(X())\"", "let a = #\"\\#(b(\"c\", X.d))\"#", "extension X {}",
        "let a = \"\"\"\n    \\(\"b\" + X.c)\n    \"\"\"", "let a = \"//\"; let b = X()",
    ])
    func `a word in code is one`(code: String) {
        #expect(circles(["A/X": "struct X { var y: Y }", "B/Y": "struct Y {}\n\(code)"]) != [])
    }

    private func circles(_ files: [String: String]) -> [String] {
        FolderGraph(files.map { SourceFile(path: "Sources/T/\($0.key).swift", text: $0.value) }).circles
    }
}
