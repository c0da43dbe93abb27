package import Authentication
import JOSE

extension Configuration {
    /// What is asserted to backends of who is calling (contract section 20).
    package struct Assertion: Sendable {
        package var signer: AssertionSigner
        /// Where the private key is that signs; an absolute path.
        package var keyFile: String
        /// The one that comes after it; nil: none is known yet.
        package var nextKeyFile: String?
        /// The public keys, as a JWK set (RFC 7517 section 5).
        package var jwks: String
        /// For a person: `ES256, kid …`.
        package var keyDescription: String

        /// - Parameters:
        ///   - key: the private key that signs, from this file.
        ///   - next: the one that comes after it.
        init(
            header: String, key: (SigningKey, file: String), next: (SigningKey, file: String)?, issuer: String,
            audiences: [String], lifetime: Duration
        ) {
            signer = AssertionSigner(
                header: header, key: key.0, issuer: issuer, audiences: audiences, lifetime: lifetime)
            (keyFile, nextKeyFile) = (key.file, next?.file)
            // One that stands in both files is one key.
            let others = [next?.0].compactMap(\.self).filter { $0.kid != key.0.kid }
            jwks = String(decoding: SigningKey.jwks(of: [key.0] + others), as: UTF8.self)
            keyDescription = "\(key.0.algorithm.name), kid \(key.0.kid ?? "")"
        }
    }
}
