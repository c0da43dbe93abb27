import Authentication
import AuthgearResolver
import JOSE
import Testing

@Suite struct PolicyInspectionTests {
    private static let policy: AccessPolicy = {
        var policy = AccessPolicy(name: "orders")
        policy.scopes = [Array("stock:read".utf8)]
        policy.isVerified = true
        policy.maximumAge = .seconds(300)
        return policy
    }()

    private static let valid = Inspection.Report(isValid: true, text: "valid\n  HTTP/1.1 200 OK\n")

    @Test func `each condition is judged as a policy of its own, in the order of the checks`() {
        let judges = PolicyInspection(Self.policy).judges
        #expect(judges[0] == Self.policy)
        #expect(judges.dropFirst().map(\.conditions) == [[.verified], [.scope], [.maximumAge]])
    }

    @Test func `a credential that satisfies it stays valid`() {
        let report = PolicyInspection(Self.policy).report(Self.valid, refusals: [nil, nil, nil, nil])
        #expect(report.isValid)
        #expect(
            report.text == """
                valid
                  HTTP/1.1 200 OK
                  policy   orders
                  passed   verified: wanted true
                  passed   scope: wanted all of "stock:read"
                  passed   max_age: wanted at most 5m ago

                """)
    }

    @Test func `one that does not is invalid, for the first reason`() {
        let report = PolicyInspection(Self.policy).report(Self.valid, refusals: [.scope, nil, .scope, .maximumAge])
        #expect(!report.isValid)
        #expect(
            report.text == """
                invalid scope
                  HTTP/1.1 200 OK
                  policy   orders
                  passed   verified: wanted true
                  failed   scope: wanted all of "stock:read"
                  failed   max_age: wanted at most 5m ago

                """)
    }

    @Test func `check says which policies no token of an issuer can satisfy`() throws {
        let read = try configuration(
            """
            issuers:
              - { issuer: "https://a.example", audiences: [a], profile: auth0 }
              - { issuer: "https://b.example", audiences: [b] }
            policies:
              fresh: { max_age: 5m, scopes: [x] }
              mine: { issuers: ["https://b.example"], max_age: 5m }
              cookies: { credentials: [session], amr: [mfa] }
              meant: { audiences: [b] }
              typo: { issuers: ["https://b.example", "https://b.example/"] }
            """)
        #expect(
            Finding.hints(onPoliciesOf: read).map(\.line) == [
                "hint   policies.fresh: no token of https://a.example can satisfy it, for want of a claim authenticated_at",
                "hint   policies.meant: no token of https://a.example can satisfy it, for want of an audience that issuers[].audiences has",
                #"hint   policies.typo.issuers: nobody in issuers is called "https://b.example/""#,
            ])
    }
}
