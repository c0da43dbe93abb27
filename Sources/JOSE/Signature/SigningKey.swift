import Bytes

/// A key pair of our own, for assertions, the `demo` command and tests: makes tokens and says its public half as a JWK.
package struct SigningKey: Sendable {
    package let algorithm: Algorithm
    /// `kid` in the tokens' headers and in the JWK; nil leaves it out. Letters, digits, `-`, `_` and `.` only.
    package let kid: String?
    private let key: PrivateKey

    /// Generates a new key pair. RSA keys take their time: about 0.1 s for 2048 bits.
    package init(generating algorithm: Algorithm, kid: String?, rsaBits: Int = 2048) throws(SigningKeyError) {
        self.key = try PrivateKey(generating: algorithm.keyType, rsaBits: rsaBits)
        self.algorithm = algorithm
        self.kid = kid
    }

    /// Reads a private key for P-256 (ES256) or Ed25519 (EdDSA), whose `kid` is its thumbprint (RFC 7638).
    ///
    /// - Parameters:
    ///   - text: PEM: PKCS #8 (RFC 5958) or SEC 1, not encrypted.
    ///   - takesRSA: whether RSA (RS256) is read as well.
    package init(pem text: RawSpan, takesRSA: Bool = false) throws(SigningKeyError) {
        key = try PrivateKey(pem: text)
        switch key.type {
        case .ed25519: algorithm = .edDSA
        case .ec: algorithm = .es256
        case .rsa:
            guard takesRSA else { throw .ofOtherType }
            algorithm = .rs256
        }
        kid = key.material.thumbprint
        // A file may hold a public half of another key.
        let probe = Array("probe".utf8)
        let signature = try signature(of: probe.span.bytes)
        do throws(KeyRefusal) {
            let half = try VerificationKey(key.material, kid: nil, algorithm: algorithm)
            guard half.verifies(signature.span.bytes, of: probe.span.bytes, by: algorithm) else {
                throw KeyRefusal.pointUnsuitable
            }
        } catch {
            throw .unreadable
        }
    }

    private init(algorithm: Algorithm, kid: String?, key: PrivateKey) {
        self.algorithm = algorithm
        self.kid = kid
        self.key = key
    }

    /// The same key pair under another `kid`, or for another algorithm of the same type of key.
    package func using(_ algorithm: Algorithm, kid: String?) throws(SigningKeyError) -> SigningKey {
        guard algorithm.keyType == key.type else { throw .notGenerated }
        return SigningKey(algorithm: algorithm, kid: kid, key: key)
    }

    /// A compact token (RFC 7515 section 7.1): a header with `alg`, `typ` and `kid`, and the claims.
    ///
    /// - Parameter claims: the payload, a JSON object.
    package func token(claims: [UInt8]) throws(SigningKeyError) -> [UInt8] {
        try token(header: header(ofType: "at+jwt"), claims: claims)
    }

    /// The header of a token that this key signs, a JSON object: `alg`, `typ` and `kid`.
    package func header(ofType type: String) -> [UInt8] {
        let kid = self.kid.map { #","kid":"\#($0)""# } ?? ""
        return Array(#"{"alg":"\#(algorithm.name)","typ":"\#(type)"\#(kid)}"#.utf8)
    }

    /// A compact token with a header of one's own, taken as it is.
    package func token(header: [UInt8], claims: [UInt8]) throws(SigningKeyError) -> [UInt8] {
        let dot = [UInt8(ascii: ".")]
        let input = Base64URL.encode(header.span.bytes) + dot + Base64URL.encode(claims.span.bytes)
        let signature = try signature(of: input.span.bytes)
        return input + dot + Base64URL.encode(signature.span.bytes)
    }

    /// The signature over the bytes, as JWS has it before base64url.
    package func signature(of message: RawSpan) throws(SigningKeyError) -> [UInt8] {
        let signature = try key.sign(message, by: algorithm)
        guard !signature.isEmpty else { throw .notSigned }
        return signature
    }

    /// The public half.
    package var material: PublicKeyMaterial { key.material }

    /// The public half as a JWK (RFC 7517 section 4), with `use`, `alg` and `kid`.
    package var publicJWK: [UInt8] {
        let kid = self.kid.map { #","kid":"\#($0)""# } ?? ""
        return Array(#"{\#(material.requiredMembers),"use":"sig","alg":"\#(algorithm.name)"\#(kid)}"#.utf8)
    }

    /// A JWK set (RFC 7517 section 5) of this key alone.
    package var publicJWKS: [UInt8] { Self.jwks(of: [self]) }

    /// A JWK set (RFC 7517 section 5) of the keys' public halves.
    package static func jwks(of keys: [SigningKey]) -> [UInt8] {
        Array(#"{"keys":["#.utf8) + keys.map(\.publicJWK).joined(separator: [UInt8(ascii: ",")]) + Array("]}".utf8)
    }
}

/// What broke while a key of our own was made or used.
package enum SigningKeyError: Error, Sendable {
    /// libcrypto could not generate the key, or the algorithm needs another type of key.
    case notGenerated
    /// libcrypto could not sign.
    case notSigned
    /// There is no private key in the text that can be used without a pass phrase.
    case unreadable
    /// The key is for neither P-256 nor Ed25519.
    case ofOtherType
}
