import Bytes
import JOSE

/// A token by which a client shows a server who it is (`private_key_jwt`, RFC 7523 section 2.2): signed, for this issuer alone, and
/// good once, for a minute.
struct ClientAssertion {
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    private static let lifetime: Int64 = 60

    private let key: SigningKey
    private let header: [UInt8]
    /// The payload up to what is another each time.
    private let beginning: [UInt8]

    /// Nil when the client has no key that can be used.
    init?(of client: ClientCredentials, for issuer: String) {
        guard client.method == .privateKey, let key = client.key else { return nil }
        self.key = key
        header = key.header(ofType: "JWT")
        var payload = JSONWriter()
        payload.append(#"{"iss":"#)
        payload.append(string: client.id.utf8)
        payload.append(#","sub":"#)
        payload.append(string: client.id.utf8)
        payload.append(#","aud":"#)
        payload.append(string: issuer.utf8)
        beginning = payload.bytes
    }

    /// A new one; nil when it can't be signed.
    func text(at now: Timestamp) -> [UInt8]? {
        let (first, second) = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
        let end =
            #","jti":"\#(String(first, radix: 36))\#(String(second, radix: 36))","iat":\#(now.seconds)"#
            + #","exp":\#(now.seconds + Self.lifetime)}"#
        return try? key.token(header: header, claims: beginning + Array(end.utf8))
    }
}

extension ClientCredentials {
    /// Reads the private key that the secret of `private_key_jwt` is; nil when there is none that can be used.
    var key: SigningKey? { try? SigningKey(pem: Array(secret.utf8).span.bytes, takesRSA: true) }

    /// Whether the secret is what the method needs.
    package var isUsable: Bool { method != .privateKey || key != nil }
}
