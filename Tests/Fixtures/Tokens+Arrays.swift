package import Bytes
package import JOSE

// The doors of `Tokens` that take spans, for arrays and strings: `#expect` can't hold a span.

extension VerificationKey {
    package func verifies(_ signature: [UInt8], of message: [UInt8], by algorithm: Algorithm) -> Bool {
        verifies(signature.span.bytes, of: message.span.bytes, by: algorithm)
    }
}

extension KeySet {
    package init(_ jwks: String) throws(KeySetError) {
        try self.init(jwks: Array(jwks.utf8).span.bytes)
    }

    /// A set of the keys' public halves.
    package init(_ keys: [SigningKey]) throws(KeySetError) {
        try self.init(jwks: SigningKey.jwks(of: keys).span.bytes)
    }
}

extension SigningKey {
    package func signature(of message: [UInt8]) throws(SigningKeyError) -> [UInt8] {
        try signature(of: message.span.bytes)
    }
}

extension TokenVerifier {
    /// Verifies at `TokenMint.now`, with the keys of all algorithms, unless told otherwise. The verifier learns nothing.
    package func verify(
        _ token: [UInt8], with ring: KeyRing = TokenMint.ring(), now: Timestamp = TokenMint.now
    ) -> TokenVerdict {
        var verifier = self
        return verifier.verify(token.span.bytes, with: ring, now: Moment(steady: 0, timestamp: now))
    }

    package static func verifySignature(of token: [UInt8], with keys: KeySet) throws(TokenRefusal) {
        try verifySignature(of: token.span.bytes, with: keys, maximumTokenBytes: 16 * 1024)
    }
}

extension TokenVerdict {
    /// The claims, if the token is valid.
    package var token: VerifiedToken? {
        if case .valid(let token) = self { token } else { nil }
    }

    /// The failed check, if the token is refused.
    package var refusal: TokenRefusal? {
        switch self {
        case .refused(let refusal): refusal
        case .forged: .signatureWrong
        case .valid, .keyMissing: nil
        }
    }

    /// The key that is missing, if one is.
    package var missingKey: MissingKey? {
        if case .keyMissing(let key) = self { key } else { nil }
    }
}
