import AuthgearResolver
import Testing

/// `admin`, beside where it listens.
@Suite struct AdminConfigurationTests {
    private static let store =
        "sessions: { store: authgear }\nauthgear: { endpoint: \"https://a.example/_resolver\", host: a.example }\n"

    @Test(arguments: [
        ("any", ReadinessRule.any), ("all", .all), ("[store]", .listed(issuers: [], store: true)),
        ("[\"https://id.example\"]", .listed(issuers: ["https://id.example"], store: false)),
        ("[\"https://id.example\", store]", .listed(issuers: ["https://id.example"], store: true)),
    ])
    func `what has to be there is a word or a list`(text: String, rule: ReadinessRule) throws {
        let read = try configuration(soundIssuer + Self.store + "admin: { ready: { require: \(text) } }")
        #expect(read.admin.ready == rule)
        #expect(try configuration(soundIssuer).admin.ready == .any)
    }

    /// What stands on line 6, behind a sound issuer, and how the one line that it earns begins.
    @Test(arguments: [
        (
            "admin: { ready: { require: al } }",
            "6:28: admin.ready.require: \"al\" is none of these, did you mean all?; allowed: any, all, or a list of issuers and store"
        ),
        (
            "admin: { ready: { require: [store] } }",
            "6:19: admin.ready.require: store is listed, and there is none; allowed: identifiers of issuers, or a sessions.store"
        ),
        (
            "admin: { ready: { require: [\"https://other.example\"] } }",
            "6:19: admin.ready.require: \"https://other.example\" is no issuer of this file; allowed: identifiers of issuers, and store"
        ),
        ("admin: { ready: { require: [] } }", "6:28: admin.ready.require: is empty"),
        ("admin: { ready: { require: { a: b } } }", "6:28: admin.ready.require: is a mapping"),
        ("admin: { ready: { require: [any, any] } }", "6:34: admin.ready.require[1]: is listed twice"),
        ("admin: { ready: { requires: any } }", "6:19: admin.ready.requires: unknown key, did you mean require?"),
        ("admin: { ready: all }", "6:17: admin.ready: is not a mapping"),
    ])
    func `it says what is wrong`(text: String, line: String) {
        let lines = report(soundIssuer + text).split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("resolver.yaml:\(line)") }, "\(lines)")
    }
}
