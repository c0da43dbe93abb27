import Testing

/// The walks of `docs/architecture.md` are those of the code, and short.
@Suite struct WalkTests {
    static let page = SourceTree.page("docs/architecture.md")

    @Test(arguments: [("jwt", 15), ("cookie", 40)])
    func `each step names a file and functions that are in it`(name: String, atLeast count: Int) {
        let steps = Walk(name, in: Self.page).steps
        #expect(steps.count >= count)
        for step in steps {
            let text = SourceTree.page(step.file)
            #expect(!step.functions.isEmpty, "\(step.file)")
            for function in step.functions {
                let isThere = text.contains("func \(function)(") || (function == "init" && text.contains("init("))
                #expect(isThere, "\(step.file) has no \(function)")
            }
        }
    }

    @Test(arguments: [("jwt", 12), ("cookie", 40)])
    func `its folder changes seldom, as the page says`(name: String, atMost: Int) {
        let walk = Walk(name, in: Self.page)
        #expect(walk.folderChanges <= atMost)
        #expect(Self.page.contains("the folder changes \(walk.folderChanges) times"), "\(name): \(walk.folderChanges)")
    }

    @Test(arguments: ["jwt", "cookie"])
    func `no target but the worker is entered more than twice`(name: String) {
        let entries = Walk(name, in: Self.page).entries
        #expect(entries.count >= 3 && entries.allSatisfy { $0.key == "Worker" || $0.value <= 2 }, "\(entries)")
    }

    @Test func `a walk is read and counted`() {
        let walk = Walk(
            "x",
            in: """
                <!-- walk: x -->
                | # | file | in it | what happens |
                | ---: | --- | --- | --- |
                | 1 | [A/B/C](../Sources/A/B/C.swift) | `a`, `b` | x |
                | 2 | [D/E](../Sources/D/E.swift) | `init` | y |
                | 3 | [A/B/F](../Sources/A/B/F.swift) | `c` | z |
                | 4 | [A/B/C](../Sources/A/B/C.swift) | `a` | z |
                <!-- end: x -->
                | 5 | [A/B/C](../Sources/A/B/C.swift) | `a` | z |
                """)
        #expect(walk.steps.map(\.functions) == [["a", "b"], ["init"], ["c"], ["a"]])
        #expect(walk.folderChanges == 2)
        #expect(walk.entries == ["A": 2, "D": 1])
    }
}
