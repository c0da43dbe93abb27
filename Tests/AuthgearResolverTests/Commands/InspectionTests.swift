import AuthgearResolver
import Bytes
import Fixtures
import Resolution
import Testing
import Tokens

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
        ("sub", "5", "subject_missing"),
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
        ("sub", "\"\(String(repeating: "a", count: AnswerFormat.maximumValueLength + 1))\"", "header_too_long"),
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
        #expect(report.text.contains("  passed       signature_wrong\n"))
        #expect(report.text.contains("  failed       \(reason)\n"))
        #expect(try self.report(on: mint.token, .signature).isValid)
    }

    @Test func `a token that is too long is invalid`() throws {
        let token = [UInt8](repeating: UInt8(ascii: "a"), count: Inspection.maximumTokenBytes + 1)
        #expect(try report(on: token).text == "invalid too_long\n")
        #expect(try report(on: Array(token.dropLast())).text == "invalid not_three_parts\n")
    }

    @Test func `an explanation has a line for each check, in order`() throws {
        var mint = TokenMint()
        mint.claims["exp"] = "1"
        let lines = try report(on: mint.token, isExplaining: true).text.split(separator: "\n").map(String.init)
        #expect(lines.count == 1 + TokenRefusal.allCases.count + HeaderRefusal.allCases.count)
        #expect(lines[0] == "invalid expired")
        #expect(lines[1] == "  passed       too_long")
        let failed = try #require(lines.firstIndex(of: "  failed       expired"))
        #expect(lines[1..<failed].allSatisfy { $0.hasPrefix("  passed       ") })
        #expect(lines[(failed + 1)...].allSatisfy { $0.hasPrefix("  not reached  ") })
    }

    @Test func `an explanation says what was left out`() throws {
        let text = try report(on: TokenMint().token, .signature, isExplaining: true).text
        #expect(text.hasPrefix("valid\n"))
        #expect(text.contains("  skipped      expired\n"))
        #expect(text.contains("  skipped      header_unprintable\n"))
        #expect(text.contains("  passed       signature_wrong\n"))
        #expect(!text.contains("not reached"))
    }
}
