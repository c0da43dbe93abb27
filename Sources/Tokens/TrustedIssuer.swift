/// An identity server whose tokens are accepted, and on what terms (contract section 4, steps 3 to 5).
package struct TrustedIssuer: Sendable {
    /// What `iss` must equal, byte for byte.
    package var identifier: [UInt8]
    /// What `aud` must hold one of; never empty.
    package var audiences: [[UInt8]]
    package var algorithms: AlgorithmSet
    /// How far the issuer's clock and ours may be apart.
    package var leeway: Duration

    package init(identifier: String, audiences: [String], algorithms: AlgorithmSet, leeway: Duration) {
        self.identifier = Array(identifier.utf8)
        self.audiences = audiences.map { Array($0.utf8) }
        self.algorithms = algorithms
        self.leeway = leeway
    }
}
