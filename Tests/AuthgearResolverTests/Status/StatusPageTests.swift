import AuthgearResolver
import Foundation
import Testing

@Suite struct StatusPageTests {
    private static func text(_ report: StatusReport) -> String { StatusPage(report).text }

    @Test(arguments: StatusSamples.all.map(\.name))
    func `it has no script, and nothing that is loaded`(name: String) throws {
        let page = Self.text(try #require(StatusSamples.all.first { $0.name == name }).report)
        let tags = page.matches(of: /<([a-z][a-z0-9]*)((?:\s[^<>]*)?)>/)
        #expect(tags.count > 50)
        let known: Set = [
            "html", "head", "meta", "link", "title", "style", "body", "header", "main", "footer", "h1", "p", "span",
            "dl", "div", "dt", "dd", "ul", "li", "figure", "figcaption", "svg", "path", "polyline", "rect", "table",
            "caption", "thead", "tbody", "tr", "th", "td", "code",
        ]
        for tag in tags {
            #expect(known.contains(String(tag.1)), "\(tag.0)")
            let attributes = tag.2.matches(of: /([a-zA-Z-]+)="/).map { String($0.1) }
            for attribute in attributes {
                #expect(!attribute.hasPrefix("on") && !["src", "action", "style", "srcset"].contains(attribute))
            }
            if attributes.contains("href") { #expect(tag.2.contains("href=\"data:,\"")) }
        }
    }

    @Test func `no name of the configuration is taken for markup`() {
        let (page, plain) = (Self.text(StatusSamples.hostile), Self.text(StatusSamples.full(state: .unavailable)))
        #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("\" onload"))
        #expect(!page.unicodeScalars.contains { ["\u{202E}", "\u{2066}", "\u{0}", "\u{1B}"].contains($0) })
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        for element in ["title", "style", "table", "main"] {
            let counts = [page, plain].map { $0.components(separatedBy: "</\(element)>").count }
            #expect(element == "table" ? counts[0] == counts[1] : counts == [2, 2])
        }
        #expect(page.utf8.count < 200_000)
    }

    @Test(arguments: Readiness.State.allCases)
    func `the state is said in a word, with a sign`(state: Readiness.State) throws {
        let page = Self.text(StatusSamples.full(state: state))
        let match = try #require(
            page.firstMatch(of: /<p class="state"><span class="(\w+)"><span aria-hidden="true">(.)<\/span> (\w+)</))
        #expect(match.3 == state.rawValue)
        #expect(page.contains("<title>\(state.rawValue) – authgear-resolver</title>"))
        #expect(["good": "✓", "warning": "▲", "bad": "✕"][String(match.1)] == String(match.2))
    }

    @Test func `of many issuers the worst come first, and the others are counted`() throws {
        let page = Self.text(StatusSamples.crowded)
        let issuers = try #require(page.components(separatedBy: "<caption>Issuers</caption>").last)
        let rows = issuers.prefix(while: { $0 != "…" }).components(separatedBy: "</table>")[0].matches(
            of: /<th scope="row">https:\/\/issuer-(\d+)\.example<\/th>/
        ).compactMap { Int($0.1) }
        #expect(rows == Array(490..<500) + Array(0..<40))
        #expect(page.contains("The worst 50 of 500 issuers; 450 more are not shown, 490 of all are good."))
        #expect(!Self.text(StatusSamples.full()).contains("are not shown"))
    }

    @Test func `each table has its caption, and each cell a heading`() {
        let page = Self.text(StatusSamples.full())
        let tables = page.components(separatedBy: "<table").dropFirst().map {
            $0.components(separatedBy: "</table>")[0]
        }
        let captions = tables.compactMap { $0.firstMatch(of: /<caption>([^<]+)<\/caption>/).map { String($0.1) } }
        #expect(
            captions == [
                "Workers", "Issuers", "Session store", "Sentinels", "Authgear and other servers asked", "Caches",
                "Limits", "Access policies", "Answers", "Refusals", "Could not be checked", "Last warnings",
            ])
        for table in tables {
            let columns = table.matches(of: /<th scope="col"/).count
            let rows = table.components(separatedBy: "<tbody>")[1].components(separatedBy: "<tr>").dropFirst()
            #expect(columns > 1 && !rows.isEmpty)
            for row in rows {
                #expect(row.matches(of: /<th scope="row">/).count == 1)
                #expect(row.matches(of: /<td data-column="/).count == columns - 1)
            }
        }
    }

    @Test func `a line has a gap where nothing is known, and its dashes beside its name`() throws {
        let page = Self.text(StatusSamples.full())
        let figures = page.components(separatedBy: "<figure>").dropFirst().map {
            $0.components(separatedBy: "</figure>")[0]
        }
        #expect(figures.count == 4)
        let times = try #require(figures.dropFirst(2).first)
        #expect(times.matches(of: /<polyline class="line1"/).count == 2, "in the gap nothing was answered")
        #expect(times.matches(of: /<polyline class="line2"/).count == 2)
        #expect(figures[1].matches(of: /class="key line\d"/).count == 4)
        for points in page.matches(of: /points="([^"]+)"/) {
            let numbers = points.1.split { " ,".contains($0) }.compactMap { Double($0) }
            for (place, number) in numbers.enumerated() {
                #expect((0...(place.isMultiple(of: 2) ? 300.0 : 60.0)).contains(number))
            }
        }
    }

    @Test func `a process of which nothing is known yet has a page`() {
        let page = Self.text(StatusSamples.starting)
        #expect(page.contains("starting") && page.contains("None.") && !page.contains("nan"))
        #expect(page.contains("issuer https://a.example: no keys yet from https://a.example/jwks"))
    }

    @Test func `the policy lets a browser load nothing`() {
        #expect(StatusPage.contentSecurityPolicy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
        #expect(Self.text(StatusSamples.full()).contains("<meta http-equiv=\"refresh\" content=\"5\">"))
    }

    /// `Tests/StatusPage/run` names a folder, and looks at them with a browser.
    @Test func `pages can be written for a browser to show`() throws {
        let named = ProcessInfo.processInfo.environment["STATUS_PAGES"].map { URL(filePath: $0) }
        let folder = named ?? FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { if named == nil { try? FileManager.default.removeItem(at: folder) } }
        for (name, report) in StatusSamples.all {
            try Data(Self.text(report).utf8).write(to: folder.appending(path: "\(name).html"))
        }
        let written = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(written).isSuperset(of: StatusSamples.all.map { "\($0.name).html" }))
    }
}
