import Testing

@Suite struct ShapeTests {
    @Test(arguments: SourceTree.sources + SourceTree.tests)
    func `a file has at most 400 lines`(file: SourceFile) {
        #expect(file.lines.count <= 400)
    }

    @Test func `half of the source files have at most 110 lines`() throws {
        let counts = SourceTree.sources.map(\.lines.count).sorted()
        try #require(counts.count > 50)
        #expect(counts[counts.count / 2] <= 110)
    }

    @Test(arguments: SourceTree.sources)
    func `a function has at most 50 lines`(file: SourceFile) {
        #expect(file.functions.filter { $0.length > 50 }.map(\.name) == [])
    }

    @Test func `half of the functions have at most 10 lines`() throws {
        let lengths = SourceTree.sources.flatMap { $0.functions.map(\.length) }.sorted()
        try #require(lengths.count > 100)
        #expect(lengths[lengths.count / 2] <= 10)
    }

    @Test(arguments: SourceTree.sources)
    func `a file has the name of one of its types, or of what it extends`(file: SourceFile) {
        let name = file.name.split(separator: "+").first.map(String.init) ?? ""
        let isAspect = file.name.contains("+")
        if isAspect {
            #expect(file.extended.contains { $0 == name || $0.hasSuffix("." + name) })
        } else if !file.types.isEmpty {
            #expect(file.types.contains(name))
        } else if !file.extended.isEmpty {
            #expect(name == file.target || file.extended.contains(name))
        }
    }

    @Test func `each source target has a test target`() {
        let tests = Set(SourceTree.tests.map(\.target))
        for target in SourceTree.targets.keys { #expect(tests.contains(target + "Tests")) }
    }

    @Test func `there is at least as much test code as source`() {
        let source = SourceTree.sources.map(\.lines.count).reduce(0, +)
        let test = SourceTree.tests.map(\.lines.count).reduce(0, +)
        #expect(test >= source)
    }

    @Test func `the measures measure`() {
        let file = SourceFile(
            path: "Sources/A/B.swift",
            text: """
                // struct Comment {}
                package struct B: ~Copyable {
                    struct Inner {}
                    package init() {
                    }
                    func short() -> Int { 1 }
                    package static func long(
                        _ number: Int
                    ) -> Int {
                        1
                    }
                }
                private enum Hidden {}
                final class C {}
                extension [UInt8] {}
                extension Span where Element == UInt8 {}
                """)
        #expect(file.types == ["B", "C"])
        #expect(file.extended == ["UInt8", "Span"])
        #expect(file.functions.map(\.length) == [2, 1, 5])
    }
}
