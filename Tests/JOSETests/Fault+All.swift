import Bytes
import Fixtures
import JOSE

extension Fault {
    /// Every way to be wrong, in the order of the checks.
    static let all: [Fault] = form + header + issuer + times + parties + key + signature

    private static let form: [Fault] =
        [
            part(.tooLong, 1, "padded to 16 KiB and more") { $0 + String(repeating: "A", count: 16 * 1024) },
            Fault(.notThreeParts, "four parts") { $0.edits.append { $0 + ["AAAA"] } },
            Fault(.notThreeParts, "a dot at the end") { $0.edits.append { $0 + [""] } },
            Fault(.notThreeParts, "a dot in a part") { $0.edits.append { [$0[0], "." + $0[1], $0[2]] } },
        ] + notBase64URL(.headerNotBase64URL, 0) + notBase64URL(.payloadNotBase64URL, 1)
        + notBase64URL(.signatureNotBase64URL, 2)

    private static let header: [Fault] =
        bytes(
            .headerMalformed, 0, "", "[]", "null", "1", #""alg""#, "{", "{}{}", "{}x", #"{"alg":"EdDSA",}"#,
            #"{'alg':'EdDSA'}"#, #"{"alg":"EdDSA" "kid":"edDSA"}"#, "\u{FEFF}{}", #"{"alg":"EdDSA","x":"\u{1}"}"#)
        + [
            part(.headerMalformed, 0, "not UTF-8") { _ in
                encoded(Array(#"{"alg":"EdDSA","x":""#.utf8) + [0xFF] + Array(#""}"#.utf8))
            },
            Fault(.headerMalformed, "alg twice") { $0.mint.header.members.append(("alg", #""EdDSA""#)) },
            Fault(.headerMalformed, "alg twice, once escaped") {
                $0.mint.header.members.append(("\\u0061lg", #""EdDSA""#))
            },
            Fault(.headerMalformed, "an unknown name twice") {
                $0.mint.header.members += [("x", "1"), ("x", "1")]
            },
            Fault(.headerMalformed, "257 names") { $0.mint.header.members += (3..<257).map { ("n\($0)", "0") } },
            Fault(.headerMalformed, "a name twice in an inner object") {
                $0.mint.header.members.append(("jwk", #"{"kty":1,"kty":2}"#))
            },
        ]
        + header(
            .algorithmUnknown, "alg", nil, #""none""#, #""None""#, #""NONE""#, #""nOnE""#, #""""#, #""HS256""#,
            #""HS384""#, #""HS512""#, #""eddsa""#, #""EdDSA ""#, #""EdDSA\u0000""#, #""ed25519""#, #""Ed448""#,
            #""ES256K""#, #""RSA-OAEP""#, #""rs256""#, "null", "1", "true", "{}", #"["EdDSA"]"#)
        + header(
            .criticalExtension, "crit", "[]", #"["exp"]"#, #"["b64"]"#, "null", #""exp""#, #"["alg"]"#)
        + header(.unencodedPayload, "b64", "true", "false", "null", #""false""#)
        + header(
            .typeUnsuitable, "typ", #""JWS""#, #""dpop+jwt""#, #""id+jwt""#, #""logout+jwt""#, #""jwt ""#, #""""#,
            #""application/""#, #""application/application/jwt""#, #""text/jwt""#, "null", "1", #"["JWT"]"#, #""jwtx""#)

    private static let issuer: [Fault] =
        bytes(.payloadMalformed, 1, "", "[]", "null", "Payload", "{", "{}{}", #"{"iss":}"#, "{1:2}", "{}\u{0}")
        + [
            Fault(.payloadMalformed, "iss twice") { $0.mint.claims.members.append(("iss", #""x""#)) },
            Fault(.payloadMalformed, "exp twice, once escaped") {
                $0.mint.claims.members.append(("e\\u0078p", "9999999999"))
            },
            Fault(.payloadMalformed, "nested too deep") {
                $0.mint.claims["x"] = String(repeating: "[", count: 99) + String(repeating: "]", count: 99)
            },
            Fault(.payloadMalformed, "a number with a leading zero") { $0.mint.claims["x"] = "01" },
            Fault(.payloadMalformed, "half of a surrogate pair") { $0.mint.claims["x"] = #""\ud800""# },
            Fault(.payloadMalformed, "257 names") { draft in
                let count = draft.mint.claims.members.count
                draft.mint.claims.members += (count..<257).map { ("n\($0)", "0") }
            },
            Fault(.payloadMalformed, "not a number, ahead of iss") {
                $0.mint.claims.members.insert(("x", "NaN"), at: 0)
            },
        ]
        + claim(.issuerMissing, "iss", nil, "null", "1", "true", #"["\#(TokenMint.issuer)"]"#, "{}")
        + claim(.issuerUnknown, "iss", #""HTTPS://issuer.example""#)
        + bytes(
            .issuerUnknown, 1, #"{"iss":"x","#, #"{"iss":"x","iss":"x"}"#, #"{"exp":1,"iss":"x" nonsense"#,
            #"{"\u0069ss":"x","x":[[["#)
        + claim(
            .issuerUnknown, "iss", #""""#, #""\#(TokenMint.issuer)/""#,
            #"" \#(TokenMint.issuer)""#, #""\#(TokenMint.issuer)\u0000""#, #""http://issuer.example""#,
            #""\#(String(repeating: "a", count: 4000))""#)
        + [
            Fault(.algorithmNotAllowed, "ES384, which the issuer must not use") {
                let key = TestKeys.key(.es384)
                $0.mint.key = key
                $0.mint.header["alg"] = #""ES384""#
                $0.mint.header["kid"] = #""es384""#
            }
        ]

    private static let times: [Fault] =
        claim(
            .expiryMissing, "exp", nil, "null", #""1800000800""#, "true", "[1800000800]", #"{"n":1800000800}"#, #""""#)
        + claim(.expired, "exp", "0", "-0", "-1", "1799999990", "1799999989.999999", "1.79999999e9", "1e-300", "-1e300")
        + claim(.notBeforeMalformed, "nbf", "null", #""1799999000""#, "false", "[]")
        + claim(.notYetValid, "nbf", "1800000010.000001", "1800000011", "1.9e9", "1e300", "9223372036854775807")
        + claim(.issuedAtMalformed, "iat", "null", #""1799999000""#, "{}")
        + claim(.issuedInFuture, "iat", "1800000010.1", "1800000011", "18000001e2", "99999999999999999999999")

    private static let parties: [Fault] =
        claim(
            .audienceMissing, "aud", nil, "null", "1", "true", "{}", #"["\#(TokenMint.audience)",1]"#,
            #"[["\#(TokenMint.audience)"]]"#, #"["\#(TokenMint.audience)",null]"#)
        + claim(
            .audienceUnknown, "aud", "[]", #""""#, #"[""]"#, #""https://other.example""#,
            #"["https://a.example","https://b.example"]"#, #""\#(TokenMint.audience)/""#,
            #""https://audience.example https://second.example""#, #""HTTPS://AUDIENCE.EXAMPLE""#)
        + claim(.subjectMissing, "sub", nil, "null", #""""#, "1", "true", "{}", #"["x"]"#)
        + claim(.notAccessToken, "typ", #""ID""#, #""Refresh""#, #""Offline""#, #""Logout""#, #""\u0049D""#)
        + claim(.notAccessToken, "token_use", #""id""#, #""refresh""#)
        + claim(.notAccessToken, "\\u0074y\\u0070", #""ID""#)
        + claim(
            .requiredClaim, "auth_time", nil, "null", "1799998001", "1799998000.5", #""1799998000""#, "true",
            "[1799998000]")
        + claim(.userIDMissing, "client_id", nil, "null", #""""#, "1", "true", "{}", #"["gateway"]"#) + confirmation

    private static let confirmation: [Fault] =
        claim(
            .confirmationUnknown, "cnf", "null", "true", #""x""#, "[]", "{}", #"[{"jkt":"x"}]"#,
            #"{"jwk":{"kty":"EC"}}"#,
            #"{"kid":"x"}"#, #"{"jku":"https://a.example"}"#, #"{"JKT":"x"}"#, #"{"x5t":"x"}"#, #"{"jkt":1}"#,
            #"{"jkt":""}"#, #"{"x5t#S256":null}"#, #"{"jkt":"x","jwk":{}}"#, #"{"kid":"x","x5t#S256":"x"}"#)
        + claim(.confirmationUnchecked, "cnf", #"{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}"#)
        + claim(.confirmationUnchecked, "\\u0063n\\u0066", #"{"jkt":"x"}"#)
        + claim(
            .confirmationUnchecked, "cnf",
            #"{"x5t#S256":"A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"}"#, #"{"jkt":"x","x5t#S256":"x"}"#,
            #"{"\u006akt":"x"}"#)
        + claim(
            .tokenIDUnsuitable, "jti", nil, "null", "1", #""""#, #""58aaa4d9""#, #"["\#(TokenMint.grantHash)"]"#,
            #""\#(TokenMint.grantHash)0""#, #""\#(TokenMint.grantHash.uppercased())""#,
            #""\#(TokenMint.grantHash.dropLast())g""#, #""\#(TokenMint.grantHash.dropLast())\u0030""#)

    private static let key: [Fault] =
        header(
            .keyIDMalformed, "kid", "null", "1", "{}", #"["edDSA"]"#, "true",
            #""\#(String(repeating: "k", count: 257))""#)
        + header(.keyUnknown, "kid", #""""#, #""EDDSA""#, #""nobody""#, #""\#(String(repeating: "k", count: 256))""#)
        + header(.keyAmbiguous, "kid", #""double""#, nil)
        + header(.keyUnfit, "kid", #""es256""#)
        + header(.keyUnfit, "alg", #""RS256""#)
        + header(.keyUnfit, "kid", #""es384""#)

    private static let signature: [Fault] =
        bytes(.signatureLength, 2, "", "x")
        + [
            part(.signatureLength, 2, "one byte short") { encoded(decoded($0).dropLast()) },
            part(.signatureLength, 2, "one byte long") { encoded(decoded($0) + [0]) },
            part(.signatureLength, 2, "twice") { encoded(decoded($0) + decoded($0)) },
            part(.signatureWrong, 2, "zeros") { _ in encoded([UInt8](repeating: 0, count: 64)) },
            part(.signatureWrong, 2, "ones") { _ in encoded([UInt8](repeating: 0xFF, count: 64)) },
            part(.signatureWrong, 2, "backwards") { encoded(decoded($0).reversed()) },
            part(.signatureWrong, 1, "of another token") { _ in
                var other = TokenMint()
                other.claims["sub"] = #""somebody""#
                return encoded(Array(other.claims.text.utf8))
            },
            part(.signatureWrong, 0, "another header with the same meaning") {
                encoded(decoded($0) + [UInt8(ascii: " ")])
            },
            Fault(.signatureWrong, "by a key that only pretends to be the one named") {
                $0.mint.key = Draft.doubles[0]
            },
        ]

    static func encoded(_ bytes: [UInt8]) -> String {
        String(decoding: Base64URL.encode(bytes.span.bytes), as: UTF8.self)
    }

    private static func decoded(_ text: String) -> [UInt8] {
        Base64URL.decode(Array(text.utf8).span.bytes) ?? []
    }
}
