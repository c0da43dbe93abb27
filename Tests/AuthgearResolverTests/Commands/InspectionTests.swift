import Authentication
import AuthgearResolver
import Bytes
import Fixtures
import JOSE
import Testing

@Suite struct InspectionTests {
    private func report(
        on token: [UInt8], _ scope: Inspection.Scope = .everything(TokenMint.trustedIssuer()),
        isExplaining: Bool = false
    ) throws -> Inspection.Report {
        let keys = try KeySet(Algorithm.allCases.map(TestKeys.key))
        let inspection = Inspection(keys: keys, scope: scope, isExplaining: isExplaining)
        return inspection.report(on: token.span.bytes, now: TokenMint.now)
    }

    @Test(arguments: Algorithm.allCases) func `a right token is valid`(algorithm: Algorithm) throws {
        let token = TokenMint(algorithm).token
        for scope in [.everything(TokenMint.trustedIssuer()), Inspection.Scope.signature] {
            let report = try report(on: token, scope)
            #expect(report.isValid)
            #expect(report.text == "valid\n")
        }
    }

    @Test func `without a key that can be used a token is invalid, and judged all the same`() {
        for scope in [.everything(TokenMint.trustedIssuer()), Inspection.Scope.signature] {
            let inspection = Inspection(keys: nil, scope: scope)
            let token = TokenMint().token
            #expect(inspection.report(on: token.span.bytes, now: TokenMint.now).text == "invalid key_unknown\n")
        }
    }

    @Test(arguments: [
        ("exp", "1", "expired"), ("iss", "\"x\"", "issuer_unknown"), ("aud", "\"x\"", "audience_unknown"),
        ("sub", "5", "subject_missing"), ("typ", "\"ID\"", "not_access_token"),
        ("cnf", "{}", "confirmation_unknown"), ("cnf", #"{"jkt":"x"}"#, "confirmation_unchecked"),
    ])
    func `what is wrong is named, and only the signature's scope overlooks a claim`(
        name: String, value: String, reason: String
    ) throws {
        var mint = TokenMint()
        mint.claims[name] = value
        let report = try report(on: mint.token)
        #expect(!report.isValid)
        #expect(report.text == "invalid \(reason)\n")
        #expect(try self.report(on: mint.token, .signature).isValid)
    }

    @Test func `a token of a key that is not in the set is invalid in either scope`() throws {
        let token = TokenMint(key: TestKeys.stranger).token
        #expect(try report(on: token).text == "invalid key_unknown\n")
        #expect(try report(on: token, .signature).text == "invalid key_unknown\n")
    }

    @Test func `an algorithm that the issuer doesn't allow is refused, but not when only the signature counts`() throws
    {
        let terms = Inspection.Scope.everything(TokenMint.trustedIssuer(allowing: AlgorithmSet([.rs256])))
        #expect(try report(on: TokenMint(.es256).token, terms).text == "invalid algorithm_not_allowed\n")
        #expect(try report(on: TokenMint(.es256).token, .signature).isValid)
    }

    @Test(arguments: [
        ("sub", #""e307\u00e9""#, "header_unprintable"), ("sub", #""e307 ""#, "header_unprintable"),
        ("https://authgear.com/claims/user/roles", #"["a,b"]"#, "header_holds_separator"),
        ("amr", #"["pwd,mfa"]"#, "header_holds_separator"),
    ])
    func `claims that can't be headers are named, as serve counts them, but not when only the signature counts`(
        name: String, value: String, reason: String
    ) throws {
        var mint = TokenMint()
        mint.claims[name] = value
        let report = try report(on: mint.token, isExplaining: true)
        #expect(report.text.hasPrefix("invalid \(reason)\n"))
        #expect(report.text.contains("  passed   signature: found the key's, over these bytes; wanted the key's\n"))
        #expect(report.text.hasSuffix("; wanted values that a header can have (\(reason))\n"))
        #expect(try self.report(on: mint.token, .signature).isValid)
    }

    @Test func `a token whose answer would be too long is valid`() throws {
        var mint = TokenMint()
        mint.claims["sub"] = "\"\(String(repeating: "a", count: Configuration().limits.valueBytes + 1))\""
        #expect(try report(on: mint.token, isExplaining: true).isValid)
    }

    @Test func `what an issuer requires beside is explained as that`() throws {
        var issuer = TokenMint.trustedIssuer()
        var places = ClaimPlaces()
        places.required = [RequiredClaim("typ", is: .text(Array("Bearer".utf8)))]
        issuer.claims = ClaimMapping(places)
        let required = try report(on: TokenMint().token, .everything(issuer), isExplaining: true).text
        #expect(
            required.hasSuffix(
                "  failed   required claims: found typ none; wanted what required_claims, or the issuer's profile, says"
                    + " (required_claim)\n"))
        (places.required, places.userID) = ([], ClaimPlace("uid"))
        issuer.claims = ClaimMapping(places)
        let missing = try report(on: TokenMint().token, .everything(issuer), isExplaining: true).text
        #expect(
            missing.contains("  failed   the user's id: found none; ") && missing.hasPrefix("invalid user_id_missing"))
        // Each check is told once, and as what it is.
        let lines = try report(on: TokenMint().token, isExplaining: true).text.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("  passed   signature: found the key's") } == 1, "\(lines)")
    }

    @Test func `a token that is too long is invalid`() throws {
        let token = [UInt8](repeating: UInt8(ascii: "a"), count: Configuration().limits.tokenBytes + 1)
        #expect(try report(on: token).text == "invalid too_long\n")
        #expect(try report(on: Array(token.dropLast())).text == "invalid not_three_parts\n")
    }

    @Test func `an explanation says what was found and what was wanted, up to the check that failed`() throws {
        var mint = TokenMint()
        mint.claims["exp"] = "1799999000"
        let lines = try report(on: mint.token, isExplaining: true).text.split(separator: "\n").map(String.init)
        #expect(lines.first == "invalid expired")
        let found = "  failed   exp: found 2027-01-15T07:43:20.000Z, 16m ago; "
        #expect(lines.last == found + "wanted a time that has not passed, with a leeway of 10s (expired)")
        #expect(lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix("  passed   ") })
        #expect(lines.contains { $0.hasPrefix("  passed   alg: found \"RS256\"; wanted one of RS256, RS384, ") })
        #expect(lines.contains("  passed   iss: found \"https://issuer.example\"; wanted \"https://issuer.example\""))
        #expect(lines.contains("  passed   crit: found none; wanted none"))
    }

    @Test(arguments: [
        ("aud", #"["x",5]"#, #"aud: found ["x",5]; wanted a string, or an array of strings (audience_missing)"#),
        (
            "aud", #""other""#,
            #"aud: found "other"; wanted one of "https://audience.example", "https://second.example" (audience_unknown)"#
        ),
        ("iss", "\"\\u0041\\n\"", #"iss: found "\u0041\n"; wanted "https://issuer.example" (issuer_unknown)"#),
        ("exp", "\"1\"", #"exp: found "1"; wanted a number (expiry_missing)"#),
        (
            "token_use", #""id""#,
            #"typ and token_use in the payload: found none and "id"; wanted none, or what an access token has: no ID, refresh or logout token (not_access_token)"#
        ),
        (
            "cnf", "{}",
            "cnf: found {}; wanted none, or an object with jkt, x5t#S256 or both (confirmation_unknown)"
        ),
        (
            "cnf", #"{"jkt":"x"}"#,
            #"cnf: found {"jkt":"x"}; wanted none: a token that is bound to a key is no bearer token; it needs the section dpop (confirmation_unchecked)"#
        ),
        (
            "nbf", "1800090000",
            "nbf: found 2027-01-16T09:00:00.000Z, in 25h; wanted none, or a time that has come, with a leeway of 10s (not_yet_valid)"
        ),
        (
            "nbf", "1e300",
            "nbf: found 1e300; wanted none, or a time that has come, with a leeway of 10s (not_yet_valid)"
        ),
    ])
    func `a claim that is refused is shown as it stands`(name: String, value: String, line: String) throws {
        var mint = TokenMint()
        mint.claims[name] = value
        let text = try report(on: mint.token, isExplaining: true).text
        #expect(text.hasSuffix("  failed   \(line)\n"), "\(text)")
    }

    @Test func `an unknown key is told with those that there are`() throws {
        let text = try report(on: TokenMint(key: TestKeys.stranger).token, isExplaining: true).text
        let last = try #require(text.split(separator: "\n").last)
        #expect(last.hasPrefix("  failed   kid: found \""))
        #expect(last.contains("; wanted one of the keys' \"rs256\", \"rs384\""))
        #expect(last.hasSuffix(" (key_unknown)"))
    }

    @Test func `a valid token's explanation ends with the headers`() throws {
        let text = try report(on: TokenMint().token, isExplaining: true).text
        #expect(text.hasPrefix("valid\n  passed   length: found "))
        #expect(
            text.hasSuffix(
                """
                  passed   signature: found the key's, over these bytes; wanted the key's
                  x-authgear-session-valid: true
                  x-authgear-user-id: \(TokenMint.subject)
                  x-authgear-user-anonymous: false
                  x-authgear-user-verified: true
                  x-authgear-user-can-reauthenticate: true
                  x-authgear-user-roles: stock.view,stock.edit
                  x-authgear-session-amr: pwd,mfa
                  x-authgear-session-authenticated-at: 1799998000

                """))
        #expect(!text.contains("failed"))
    }

    @Test func `of a signature alone nothing else is explained`() throws {
        let text = try report(on: TokenMint().token, .signature, isExplaining: true).text
        #expect(text.hasPrefix("valid\n  passed   length: "))
        #expect(text.hasSuffix("  passed   signature: found the key's, over these bytes; wanted the key's\n"))
        for word in ["exp:", "aud:", "iss:", "x-authgear"] { #expect(!text.contains(word)) }
    }

    @Test(arguments: [
        ("Bearer ", "", "\"bearer\" is no part of the token"),
        ("authorization: Bearer ", "", "\"authorization:\" is no part"),
        ("\"", "\"", "no quotes around it"), ("", "\n", "has no space or line break in it"),
    ])
    func `what came along with a token gets a hint`(before: String, behind: String, hint: String) throws {
        let token = Array(before.utf8) + TokenMint().token + Array(behind.utf8)
        let report = try report(on: token, isExplaining: true)
        #expect(!report.isValid)
        #expect(report.hint?.contains(hint) == true)
        #expect(report.text.contains("\n  hint     "))
        #expect(try self.report(on: token).text.split(separator: "\n").count == 1)
    }

    @Test(arguments: 1...3) func `a token that was cut off gets a hint`(part: Int) throws {
        let parts = TokenMint().token.split(separator: UInt8(ascii: "."))
        var token = Array(parts[..<part].joined(separator: [UInt8(ascii: ".")]))
        if part == 3 { token.removeLast(8) }
        let hint = try #require(try report(on: token).hint)
        #expect(hint.contains("cut off"))
    }

    @Test func `a token that is just wrong gets no hint`() throws {
        var mint = TokenMint()
        mint.claims["exp"] = "1"
        #expect(try report(on: mint.token).hint == nil)
        #expect(try report(on: Array("opaque".utf8)).hint == nil)
    }

    @Test(arguments: [
        (
            "T0ken0123456789abcdefghijklmnopq",
            "an opaque access token, the store knows it: inspect --config FILE --token -"
        ),
        ("a8c1.QvpxQdZRlAOGT5FvRjXG2h8KxCJZ7Ydm", "inspect --config FILE --cookie session=-"),
    ])
    func `what is no JWT, and may be known to the store, gets a hint`(credential: String, hint: String) throws {
        let report = try report(on: Array(credential.utf8))
        #expect(report.text == "invalid not_three_parts\n")
        #expect(report.hint?.hasSuffix(hint) == true)
    }

    @Test func `a configuration's terms and keys are those of its issuers, each its own`() throws {
        let other = "https://other.example"
        var configuration = Configuration()
        configuration.issuers = [
            .init(identifier: other, audiences: ["a"]),
            .init(identifier: TokenMint.issuer, audiences: [TokenMint.audience]),
        ]
        let keySets = try [KeySet([TestKeys.stranger]), KeySet([TestKeys.key(.rs256)])]
        let inspection = Inspection(configuration, keySets: keySets)
        #expect(inspection.report(on: TokenMint().token.span.bytes, now: TokenMint.now).text == "valid\n")
        var mint = TokenMint()
        (mint.claims["iss"], mint.claims["aud"]) = ("\"\(other)\"", "\"a\"")
        #expect(inspection.report(on: mint.token.span.bytes, now: TokenMint.now).text == "invalid key_unknown\n")
    }
}
