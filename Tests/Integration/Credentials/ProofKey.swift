import Bytes
import Foundation
import JOSE

/// A client's key that tokens are bound to (RFC 9449).
struct ProofKey {
    private let key: SigningKey

    init() throws { key = try SigningKey(generating: .es256, kid: nil) }

    /// A proof for one request.
    ///
    /// - Parameter token: the access token that goes with it; nil: none does.
    func proof(of method: String, _ uri: String, token: String? = nil) throws -> String {
        let jwk = String(decoding: key.publicJWK, as: UTF8.self)
        let header = #"{"typ":"dpop+jwt","alg":"ES256","jwk":\#(jwk)}"#
        // Of a second ago: the clock of a server that reads time(2) is behind by up to a tick, and to it a proof of the
        // present second may be one of the future.
        let time = Int(Date().timeIntervalSince1970) - 1
        let ath = token.map { #","ath":"\#(Self.digest(of: $0))""# } ?? ""
        let claims = #"{"jti":"\#(UUID().uuidString)","htm":"\#(method)","htu":"\#(uri)","iat":\#(time)\#(ath)}"#
        return String(decoding: try key.token(header: Array(header.utf8), claims: Array(claims.utf8)), as: UTF8.self)
    }

    /// base64url of its SHA-256.
    private static func digest(of token: String) -> String {
        let bytes = Array(token.utf8)
        let digest = SHA256Digest(of: bytes.span.bytes).bytes
        return String(decoding: Base64URL.encode(digest.span.bytes), as: UTF8.self)
    }
}
