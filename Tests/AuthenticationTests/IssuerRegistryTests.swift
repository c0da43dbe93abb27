import Authentication
import Fixtures
import JOSE
import Testing

@Suite struct IssuerRegistryTests {
    private static let issuer = TokenMint.trustedIssuer()
    private static let other = TrustedIssuer(
        identifier: "https://other.example", audiences: ["a"], algorithms: .all, leeway: .zero)

    @Test func `an issuer keeps its id for as long as its terms are the same, wherever it stands`() {
        var registry = IssuerRegistry()
        let first = registry.ids(of: [(Self.issuer, "uri"), (Self.other, "uri")])
        #expect(first == [0, 1])
        #expect(registry.ids(of: [(Self.other, "uri"), (Self.issuer, "uri")]) == [1, 0])
        #expect(registry.ids(of: [(Self.issuer, "uri")]) == [0])
    }

    @Test func `other terms and other places of keys are other ids, and none is given again`() {
        var registry = IssuerRegistry()
        var changed = Self.issuer
        changed.audiences.append(Array("b".utf8))
        #expect(registry.ids(of: [(Self.issuer, "uri")]) == [0])
        #expect(registry.ids(of: [(changed, "uri")]) == [1])
        #expect(registry.ids(of: [(changed, "file")]) == [2])
        #expect(registry.ids(of: []) == [])
        #expect(registry.ids(of: [(Self.issuer, "uri")]) == [3])
    }

    @Test func `an issuer that is named twice has one id`() {
        var registry = IssuerRegistry()
        #expect(registry.ids(of: [(Self.issuer, ""), (Self.issuer, "")]) == [0, 0])
    }
}
