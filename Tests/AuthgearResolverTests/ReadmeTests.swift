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

    /// A page's configurations, or all of it when it is one.
    private func configurations(_ page: String) throws -> [String] {
        let text = try text(page)
        guard page.hasSuffix(".md") else { return [text] }
        return text.matches(of: /```yaml\n((?:.|\n)*?)```/).map { String($0.1) }
    }

    /// The one that has every key.
    private func yaml(_ page: String) throws -> String {
        try #require(configurations(page).max { $0.count < $1.count })
    }

    @Test func `what an operator with an Authgear of their own writes, and one with its cloud, is sound`() throws {
        let short = try configurations("README.md").filter { $0.count < 1_000 }.map { try configuration($0) }
        #expect(short.map { $0.sessions.store.isAuthgear } == [false, true])
        #expect(short.map { $0.authgear?.host } == ["auth.example.com", "my-project.authgear.cloud"])
    }

    @Test(arguments: ["README.md", "deploy/resolver.example.yaml"])
    func `each section stands once, those in comments with it`(page: String) throws {
        let names = try yaml(page).matches(of: /(?:^|\n)(?:# )?([a-z_]+):(?= |\n)/).map { String($0.1) }
        #expect(names.count == Set(names).count && names.count > 20, "\(names)")
    }

    @Test func `each upstream that the configuration for nginx passes to is in it`() throws {
        let block = try #require(text("README.md").firstMatch(of: /```nginx\n((?:.|\n)*?)```/)?.1)
        let names = block.matches(of: /proxy_pass http:\/\/([a-z]+);/).map(\.1)
        #expect(!names.isEmpty && names.allSatisfy { block.contains("upstream \($0) {") })
    }

    @Test(arguments: ["README.md", "deploy/resolver.example.yaml"])
    func `a configuration to copy is sound, and states the defaults`(page: String) throws {
        let read = try configuration(yaml(page))
        let defaults = Configuration()
        #expect(read.listen.first == defaults.listen.first)
        #expect(read.admin.listen == defaults.admin.listen)
        #expect(read.threads == defaults.threads)
        #expect(read.sessions.limits == defaults.sessions.limits)
        #expect(read.sessions.missingUser == defaults.sessions.missingUser)
        #expect(read.tokens.cache == defaults.tokens.cache)
        #expect(read.sessions.cache == defaults.sessions.cache)
        #expect(read.sessions.cacheMaximumAge == defaults.sessions.cacheMaximumAge)
        #expect(read.jwks.maxStale == defaults.jwks.maxStale)
        #expect(read.limits.headerBytes == defaults.limits.headerBytes)
        #expect(read.limits.connections == defaults.limits.connections)
        #expect(read.limits.tokenBytes == defaults.limits.tokenBytes)
        #expect(read.limits.valueBytes == defaults.limits.valueBytes)
        #expect(read.limits.recordBytes == defaults.limits.recordBytes)
        #expect(read.limits.decisionTimeout == defaults.limits.decisionTimeout)
        #expect(read.limits.headerTimeout == defaults.limits.headerTimeout)
        #expect(read.limits.idleTimeout == defaults.limits.idleTimeout)
        #expect(read.limits.bufferedBytes == defaults.limits.bufferedBytes)
        #expect(read.shutdown == defaults.shutdown)
        #expect(read.issuers.first?.leeway == .seconds(10))
        #expect(read.log.format == defaults.log.format)
    }
}
