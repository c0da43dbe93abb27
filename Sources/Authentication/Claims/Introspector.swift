package import JOSE

/// An issuer whose introspection endpoint is asked about tokens, and on what terms (contract section 19).
package struct Introspector: Hashable, Sendable {
    /// What judges the answers.
    package var verifier: IntrospectionVerifier
    package var id: IssuerID
    /// Whether its JWTs are asked about as well, once they are verified.
    package var takesJWTs = false
    /// What the opaque tokens begin with that are this issuer's alone; nil: it takes what nobody else does.
    package var prefix: [UInt8]?
    /// How long an answer is kept that calls a token active.
    package var maximumAge = Duration.seconds(60)
    /// How long it is remembered that a token is not valid.
    package var inactiveMaximumAge = AskedServer.inactiveMaximumAge

    package init(_ issuer: TrustedIssuer, id: IssuerID, clients: [[UInt8]] = []) {
        verifier = IntrospectionVerifier(issuer: issuer, clients: clients)
        self.id = id
    }

    /// What it is called where questions are counted.
    var name: String { String(decoding: verifier.issuer.identifier, as: UTF8.self) }

    /// In the order in which they are looked at for an opaque token: the longest prefix first, who has none last.
    static func ordered(_ introspectors: [Introspector]) -> [Introspector] {
        introspectors.sorted { ($0.prefix?.count ?? -1) > ($1.prefix?.count ?? -1) }
    }
}
