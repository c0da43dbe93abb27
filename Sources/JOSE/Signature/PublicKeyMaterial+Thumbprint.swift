import Bytes

extension PublicKeyMaterial {
    /// The thumbprint (RFC 7638 section 3, for Ed25519 RFC 8037 appendix A.3): base64url of the SHA-256 of the members that make the
    /// key, in their order and without spaces.
    package var thumbprint: String {
        Self.text(of: thumbprintDigest.bytes)
    }

    /// The same, as a digest.
    package var thumbprintDigest: SHA256Digest { SHA256Digest(of: Array("{\(requiredMembers)}".utf8).span.bytes) }

    /// The members of a JWK that are required for the key, by name.
    var requiredMembers: String {
        switch canonical {
        case .rsa(let modulus, let exponent):
            #""e":"\#(Self.text(of: exponent))","kty":"RSA","n":"\#(Self.text(of: modulus))""#
        case .ec(let curve, let x, let y):
            #""crv":"\#(curve.name)","kty":"EC","x":"\#(Self.text(of: x))","y":"\#(Self.text(of: y))""#
        case .ed25519(let x): #""crv":"Ed25519","kty":"OKP","x":"\#(Self.text(of: x))""#
        }
    }

    private static func text(of bytes: [UInt8]) -> String {
        String(decoding: Base64URL.encode(bytes.span.bytes), as: UTF8.self)
    }
}
