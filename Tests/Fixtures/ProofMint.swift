package import Bytes
package import JOSE

/// Makes DPoP proofs (RFC 9449 section 4.2), right ones unless told otherwise:
///
///     var mint = ProofMint(for: token)
///     mint.claims["htm"] = #""POST""#
///     let proof = mint.proof
package struct ProofMint: Sendable {
    package static let origin = "https://api.example.com"
    package static let path = "/orders/7"

    package var key: SigningKey
    package var header: ObjectText
    package var claims: ObjectText

    /// - Parameters:
    ///   - token: the one that it comes with.
    ///   - identifier: `jti`.
    package init(
        for token: [UInt8], key: SigningKey = TestKeys.key(.es256), method: String = "GET",
        uri: String = ProofMint.origin + ProofMint.path, at moment: Timestamp = TokenMint.now,
        identifier: String = "e1j3V_bKic8-LAEB"
    ) {
        self.key = key
        header = ObjectText([
            ("typ", #""dpop+jwt""#), ("alg", #""\#(key.algorithm.name)""#),
            ("jwk", String(decoding: key.publicJWK, as: UTF8.self)),
        ])
        claims = ObjectText([
            ("jti", #""\#(identifier)""#), ("htm", #""\#(method)""#), ("htu", #""\#(uri)""#),
            ("iat", "\(moment.seconds)"), ("ath", #""\#(Self.hash(of: token))""#),
        ])
    }

    /// The proof with its signature.
    package var proof: String {
        let token = sure { () throws(SigningKeyError) in
            try key.token(header: Array(header.text.utf8), claims: Array(claims.text.utf8))
        }
        return String(decoding: token, as: UTF8.self)
    }

    /// What `ath` has to be.
    package static func hash(of token: [UInt8]) -> String {
        String(decoding: Base64URL.encode(SHA256Digest(of: token.span.bytes).bytes.span.bytes), as: UTF8.self)
    }

    /// The `cnf` of a token that is bound to a key.
    package static func confirmation(by key: SigningKey = TestKeys.key(.es256)) -> String {
        #"{"jkt":"\#(thumbprint(of: key))"}"#
    }

    package static func thumbprint(of key: SigningKey) -> String { key.material.thumbprint }
}
