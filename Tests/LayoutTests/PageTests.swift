import Testing

/// What a page leads to is there.
@Suite struct PageTests {
    @Test(arguments: SourceTree.pages)
    func `every link leads to a file, and to a heading in it`(page: Page) {
        for (file, heading) in page.links {
            #expect(SourceTree.has(file), "\(page) links to \(file)")
            guard !heading.isEmpty else { continue }
            let anchors = SourceTree.pages.first { $0.path == file }?.anchors ?? []
            #expect(anchors.contains(heading), "\(page) links to \(file)#\(heading)")
        }
    }

    @Test(arguments: SourceTree.pages)
    func `every path in code letters is there`(page: Page) {
        for path in page.paths { #expect(SourceTree.has(path), "\(page) names \(path)") }
    }

    @Test func `the pages are found`() {
        let paths = Set(SourceTree.pages.map(\.path))
        #expect(
            paths.isSuperset(of: [
                "README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/contract.md", "docs/reference.md",
                "deploy/README.md",
                "nginx/README.md", "Benchmarks/README.md",
            ]))
    }

    @Test func `links, paths and headings are read as they are written`() {
        let page = Page(
            path: "docs/a.md",
            text:
                "# 1. A title\n\n[b](../b.md#c-d) [e](#e) [f](g/h.md) [i](https://j)\n`Sources/A/B.swift` `docs/k`\n## `C` d!\n"
        )
        #expect(page.title == "1. A title")
        #expect(page.links.map(\.file) == ["b.md", "docs/a.md", "docs/g/h.md"])
        #expect(page.links.map(\.heading) == ["c-d", "e", ""])
        #expect(page.paths == ["Sources/A/B.swift", "docs/k"])
        #expect(page.anchors == ["1-a-title", "c-d"])
    }
}

/// The decisions: numbered, dated, each with its status.
@Suite struct DecisionTests {
    static let decisions = SourceTree.pages.filter {
        $0.path.hasPrefix("docs/decisions/") && $0.path != "docs/decisions/README.md"
    }.sorted { $0.path < $1.path }

    @Test func `they are numbered from 1 on, without a gap`() {
        let numbers = Self.decisions.map { $0.path.split(separator: "/").last?.prefix(4).description }
        #expect(numbers.count > 10)
        #expect(numbers == (1...numbers.count).map { number in ("0000" + "\(number)").suffix(4).description })
    }

    @Test(arguments: decisions)
    func `each says its number, its date and its status, and so does the index`(page: Page) throws {
        let name = try #require(page.path.split(separator: "/").last)
        let number = try #require(Int(name.prefix(4)))
        #expect(page.title.hasPrefix("\(number). "))
        let head = try #require(
            page.text.firstMatch(of: /\n\nDate: (\d{4}-\d\d-\d\d)\. Status: (accepted|superseded)\b/))
        let row = "| \(number) | [\(page.title.dropFirst("\(number). ".count))](\(name)) | \(head.1) | \(head.2)"
        #expect(SourceTree.page("docs/decisions/README.md").contains(row), "\(row)")
    }
}
