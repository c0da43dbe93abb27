import Authentication
package import Bytes
package import JOSE

/// Makes tokens, right ones unless told otherwise:
///
///     var mint = TokenMint()
///     mint.claims["exp"] = "1"
///     let expired = mint.token
package struct TokenMint: Sendable {
    /// The time at which the tokens are right: 2027-01-15T08:00:00Z.
    package static let now = Timestamp(seconds: 1_800_000_000)
    package static let issuer = "https://issuer.example"
    package static let audience = "https://audience.example"
    /// The hash of the access grant that the tokens are.
    package static let grantHash = String(repeating: "58aaa4d9", count: 8)
    package static let subject = "e307ba2a-59d3-4d1b-8e14-6c3d2c0f6a11"

    package var key: SigningKey
    package var header: ObjectText
    package var claims: ObjectText

    package init(_ algorithm: Algorithm = .rs256) {
        self.init(key: TestKeys.key(algorithm))
    }

    package init(key: SigningKey) {
        self.key = key
        self.header = ObjectText([("alg", #""\#(key.algorithm.name)""#), ("typ", #""at+jwt""#)])
        self.header["kid"] = key.kid.map { #""\#($0)""# }
        self.claims = ObjectText([
            ("iss", #""\#(Self.issuer)""#),
            ("aud", #"["\#(Self.audience)"]"#),
            ("sub", #""\#(Self.subject)""#),
            ("iat", "1799999000"),
            ("exp", "1800000800"),
            ("jti", #""\#(Self.grantHash)""#),
            ("client_id", #""gateway""#),
            ("auth_time", "1799998000"),
            ("amr", #"["pwd","mfa"]"#),
            ("https://authgear.com/claims/user/is_anonymous", "false"),
            ("https://authgear.com/claims/user/is_verified", "true"),
            ("https://authgear.com/claims/user/can_reauthenticate", "true"),
            ("https://authgear.com/claims/user/roles", #"["stock.view","stock.edit"]"#),
        ])
    }

    /// The token with its signature.
    package var token: [UInt8] {
        sure { () throws(SigningKeyError) in
            try key.token(header: Array(header.text.utf8), claims: Array(claims.text.utf8))
        }
    }

    /// The issuer of these tokens, as the configuration has it.
    package static func trustedIssuer(
        allowing algorithms: AlgorithmSet = .all, sessionCheck: TrustedIssuer.SessionCheck = .none
    ) -> TrustedIssuer {
        TrustedIssuer(
            identifier: issuer, audiences: [audience, "https://second.example"], algorithms: algorithms,
            leeway: .seconds(10), sessionCheck: sessionCheck,
            claims: ClaimMapping(ClaimProfile.authgear.places))
    }

    /// The keys of all algorithms, or those given, fetched and fresh: the same for each of so many issuers.
    package static func ring(_ keys: [SigningKey]? = nil, issuers count: Int = 1) -> KeyRing {
        let keys = keys ?? Algorithm.allCases.map(TestKeys.key)
        let set = sure { () throws(KeySetError) in try KeySet(keys) }
        return KeyRing(issuers: Array(repeating: IssuerKeys(set: set, usableUntil: .max), count: count))
    }

    /// A verifier for these tokens.
    package static func verifier(allowing algorithms: AlgorithmSet = .all) -> TokenVerifier {
        TokenVerifier(issuers: [trustedIssuer(allowing: algorithms)], maximumTokenBytes: 16 * 1024)
    }
}
