import Bytes
package import Tokens

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
        try self.init(jwks: SigningKey.jwks(keys).span.bytes)
    }
}

extension SigningKey {
    package func signature(of message: [UInt8]) throws(SigningKeyError) -> [UInt8] {
        try signature(of: message.span.bytes)
    }
}
