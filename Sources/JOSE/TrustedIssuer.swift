/// An identity server whose tokens are accepted, and on what terms (contract section 4, steps 3 to 5).
package struct TrustedIssuer: Hashable, Sendable {
    /// What `iss` must equal, byte for byte.
    package var identifier: [UInt8]
    /// What `aud` must hold one of; never empty.
    package var audiences: [[UInt8]]
    package var algorithms: AlgorithmSet
    /// How far the issuer's clock and ours may be apart.
    package var leeway: Duration
    package var confirmation: Confirmation
    package var sessionCheck: SessionCheck
    /// What its claims are called.
    package var claims: ClaimMapping

    /// What becomes of tokens that are bound to a key (`cnf`, RFC 7800).
    package enum Confirmation: String, CaseIterable, Sendable {
        /// They are refused, because a bearer has proved nothing.
        case check
        /// They are taken as they come: the gateway has checked the proof.
        case ignore
    }

    /// Whether a token ends with its session.
    package enum SessionCheck: String, CaseIterable, Sendable {
        /// It is good until it expires.
        case none
        /// Its `jti` is an access grant's hash, and it ends with that.
        case grant
    }

    package init(
        identifier: String, audiences: [String], algorithms: AlgorithmSet, leeway: Duration,
        confirmation: Confirmation = .check, sessionCheck: SessionCheck = .none,
        claims: ClaimMapping = ClaimMapping()
    ) {
        self.identifier = Array(identifier.utf8)
        self.audiences = audiences.map { Array($0.utf8) }
        self.algorithms = algorithms
        self.leeway = leeway
        self.confirmation = confirmation
        self.sessionCheck = sessionCheck
        self.claims = claims
    }
}
