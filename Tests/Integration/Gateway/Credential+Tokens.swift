import JOSE

extension Credential {
    /// JWTs: contract section 4, one row for each way to be wrong, and the ways to be right.
    static let tokens: [Credential] = [
        .bearer("a token that says everything", .known(Mint.identity)) { try Mint.token() },
        .bearer("a token that says only who", .known(["session-valid: true", "user-id: u2"])) {
            let claims = ["iss", "aud", "exp"].map { "\(Mint.quote($0)):\(Mint.claims[$0] ?? "")" }
            return try Mint.token(payload: "{" + claims.joined(separator: ",") + #","sub":"u2"}"#)
        },
        .bearer("an audience that is a string", .known(Mint.identity)) {
            try Mint.token(["aud": Mint.quote(Mint.audience)])
        },
        .bearer("typ JWT", .known(Mint.identity)) {
            try Mint.token(header: #"{"alg":"RS256","typ":"application/jwt","kid":"k1"}"#)
        },
        .bearer("no kid, but one key", .known(Mint.identity)) { try Mint.token(header: #"{"alg":"RS256"}"#) },
        .bearer("expired within the leeway", .known(Mint.identity)) { try Mint.token(["exp": Mint.time(-2)]) },
        .fields("the scheme in lowercase", .known(Mint.identity), ["Authorization: bearer \(try Mint.token())"]),
        .fields("the scheme in uppercase", .known(Mint.identity), ["AUTHORIZATION: BEARER \(try Mint.token())"]),
        .bearer("expired", .invalid) { try Mint.token(["exp": Mint.time(-60)]) },
        .bearer("without an expiry", .invalid) { try Mint.token(["exp": nil]) },
        .bearer("an expiry that is a string", .invalid) { try Mint.token(["exp": Mint.quote(Mint.time(600))]) },
        .bearer("not valid yet", .invalid) { try Mint.token(["nbf": Mint.time(60)]) },
        .bearer("issued in the future", .invalid) { try Mint.token(["iat": Mint.time(60)]) },
        .bearer("a foreign issuer", .invalid) { try Mint.token(["iss": #""https://elsewhere.test""#]) },
        .bearer("an issuer with a slash more", .invalid) { try Mint.token(["iss": Mint.quote(Mint.issuer + "/")]) },
        .bearer("for another audience", .invalid) { try Mint.token(["aud": #"["https://other.test"]"#]) },
        .bearer("for no audience", .invalid) { try Mint.token(["aud": nil]) },
        .bearer("about nobody", .invalid) { try Mint.token(["sub": #""""#]) },
        .bearer("about a user that would break out of the header", .invalid) {
            try Mint.token(["sub": #""u\r\nx-authgear-user-roles: admin""#])
        },
        .bearer("a role that would be two", .invalid) {
            try Mint.token(["https://authgear.com/claims/user/roles": #"["user,admin"]"#])
        },
        .bearer("signed by a stranger", .invalid) { try Mint.token(key: Mint.strangersKey.get()) },
        .bearer("tampered with", .invalid) { try Mint.tamperedToken() },
        .bearer("alg none", .invalid) { Mint.unsignedToken() },
        .bearer("alg HS256", .invalid) { try Mint.token(header: #"{"alg":"HS256","kid":"k1"}"#) },
        .bearer("an algorithm that the issuer does not allow", .invalid) {
            try Mint.token(key: Mint.key.get().using(.ps256, kid: "k1"))
        },
        .bearer("a critical extension", .invalid) {
            try Mint.token(header: #"{"alg":"RS256","kid":"k1","crit":["exp"]}"#)
        },
        .bearer("another type of token", .invalid) {
            try Mint.token(header: #"{"alg":"RS256","kid":"k1","typ":"dpop+jwt"}"#)
        },
        .bearer("a claim twice", .invalid) { try Mint.token(payload: #"{"iss":"https://id.test","iss":"x"}"#) },
        .bearer("three parts of nothing", .invalid) { "aa.bb.cc" },
        .bearer("longer than a token may be", .invalid) {
            try Mint.token(["filler": Mint.quote(String(repeating: "x", count: 13_000))])
        },
        .bearer("a kid that the issuer does not have", .invalid) {
            try Mint.token(key: Mint.key.get().using(.rs256, kid: "k2"))
        },
        .bearer("an issuer whose keys can't be fetched", .unknown) {
            try Mint.token(["iss": Mint.quote(Mint.silentIssuer)])
        },
    ]
}
