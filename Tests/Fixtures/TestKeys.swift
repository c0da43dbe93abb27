package import JOSE

/// Key pairs for tests: one per type of key, generated once per process.
package enum TestKeys {
    /// The key pair for an algorithm; its `kid` is the algorithm's name in lower case, such as `rs256`.
    package static func key(_ algorithm: Algorithm) -> SigningKey {
        let pair =
            switch algorithm.keyType {
            case .rsa: rsa
            case .ec(.p256): p256
            case .ec(.p384): p384
            case .ec(.p521): p521
            case .ed25519: ed25519
            }
        return sure { () throws(SigningKeyError) in
            try pair.using(algorithm, kid: algorithm.name.description.lowercased())
        }
    }

    /// A second RSA key pair, which no set holds unless a test puts it there; `kid` is `stranger`.
    package static let stranger = generate(.rs256, kid: "stranger")

    private static let rsa = generate(.rs256)
    private static let p256 = generate(.es256)
    private static let p384 = generate(.es384)
    private static let p521 = generate(.es512)
    private static let ed25519 = generate(.edDSA)

    private static func generate(_ algorithm: Algorithm, kid: String? = nil) -> SigningKey {
        sure { () throws(SigningKeyError) in try SigningKey(generating: algorithm, kid: kid) }
    }
}

/// Runs what can only fail when libcrypto is broken, and then ends the test process in so many words.
package func sure<Value, Failure: Error>(_ body: () throws(Failure) -> Value) -> Value {
    do throws(Failure) {
        return try body()
    } catch {
        fatalError("a fixture could not be made: \(error)")
    }
}
