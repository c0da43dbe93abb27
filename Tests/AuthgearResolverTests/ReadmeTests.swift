import AuthgearResolver
import Foundation
import Testing

/// What the README says holds.
@Suite struct ReadmeTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    @Test(arguments: ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/threat-model.md"])
    func `every link leads to a file`(page: String) throws {
        let folder = Self.root.appending(path: page).deletingLastPathComponent()
        for link in try text(page).matches(of: /\]\(([^)#]+)[^)]*\)/).map({ String($0.1) }) where !link.contains("://")
        {
            #expect(
                FileManager.default.fileExists(atPath: folder.appending(path: link).path), "\(page) links to \(link)")
        }
    }

    @Test(arguments: ["README.md", "docs/threat-model.md", "CONTRIBUTING.md"])
    func `every path in code letters is there`(page: String) throws {
        for path in try text(page).matches(of: /`((?:Sources|Tests|docs|nginx|deploy|\.ci)\/[^` ]*)`/).map({
            String($0.1)
        }) {
            let file = Self.root.appending(path: path).path
            #expect(FileManager.default.fileExists(atPath: file), "\(page) names \(path)")
        }
    }

    @Test func `the configuration in the README is sound, and every key of it has the default`() throws {
        let page = try text("README.md")
        let yaml = try #require(page.firstMatch(of: /```yaml\n((?:.|\n)*?)```/)).1
        let read = try configuration(String(yaml))
        let defaults = Configuration()
        #expect(read.listen.first == defaults.listen.first)
        #expect(read.admin.listen == defaults.admin.listen)
        #expect(read.threads == defaults.threads)
        #expect(read.sessions.lifetime == defaults.sessions.lifetime)
        #expect(read.sessions.idleTimeout == defaults.sessions.idleTimeout)
        #expect(read.sessions.missingUser == defaults.sessions.missingUser)
        #expect(read.jwks.maxStale == defaults.jwks.maxStale)
        #expect(read.limits.headerBytes == defaults.limits.headerBytes)
        #expect(read.limits.connections == defaults.limits.connections)
        #expect(read.log.format == defaults.log.format)
    }
}
