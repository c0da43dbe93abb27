import Bytes
package import JOSE

/// By what assertions are signed, and what all of them state (contract section 20).
package final class AssertionSigner: Sendable {
    /// The header that holds an assertion, in lower case.
    package let header: String
    /// How long each is good for, unless its credential ends before.
    let lifetime: Duration
    private let key: SigningKey
    /// The header of the token, a JSON object.
    private let tokenHeader: [UInt8]
    /// The payload up to what is about one user.
    private let beginning: [UInt8]

    /// - Parameters:
    ///   - key: for ES256 or EdDSA, with a `kid`.
    ///   - lifetime: whole seconds, at least one.
    package init(header: String, key: SigningKey, issuer: String, audiences: [String], lifetime: Duration) {
        self.header = header
        self.lifetime = lifetime
        self.key = key
        tokenHeader = key.header(ofType: "JWT")
        var payload = JSONWriter()
        payload.append(#"{"iss":"#)
        payload.append(string: issuer.utf8)
        payload.append(#","aud":"#)
        payload.append(strings: audiences.map { Array($0.utf8) })
        beginning = payload.bytes
    }

    /// A signed token; nil when libcrypto can't sign.
    ///
    /// - Parameters:
    ///   - claims: the members about one user, each behind a comma.
    ///   - issuedAt: in seconds since 1970, as is `expiry`.
    func sign(_ claims: [UInt8], issuedAt: Int64, expiry: Int64) -> [UInt8]? {
        let times = Array(#","iat":\#(issuedAt),"exp":\#(expiry)}"#.utf8)
        return try? key.token(header: tokenHeader, claims: beginning + claims + times)
    }

    /// How long a token with these claims is, in bytes, until the year 2286.
    func length(with claims: [UInt8]) -> Int {
        let times = 2 * (7 + 10) + 1
        let payload = beginning.count + claims.count + times
        return Self.encodedLength(tokenHeader.count) + Self.encodedLength(payload) + Self.encodedLength(64) + 2
    }

    private static func encodedLength(_ count: Int) -> Int { (count * 4 + 2) / 3 }
}

extension AssertionSigner: Equatable {
    /// Whether both sign the same tokens.
    package static func == (left: AssertionSigner, right: AssertionSigner) -> Bool {
        // The `kid` is a digest of the key.
        left.header == right.header && left.lifetime == right.lifetime && left.tokenHeader == right.tokenHeader
            && left.beginning == right.beginning
    }
}
