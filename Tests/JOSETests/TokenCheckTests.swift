import Fixtures
import JOSE
import Testing

@Suite struct TokenCheckTests {
    private func outcomes(_ checks: [TokenCheck]) -> [TokenRefusal: TokenCheck.Outcome] {
        Dictionary(uniqueKeysWithValues: checks.map { ($0.check, $0.outcome) })
    }

    @Test func `of a valid token every check has passed`() {
        let checks = TokenMint.verifier().verify(TokenMint().token).checks
        #expect(checks.map(\.check) == TokenRefusal.allCases)
        #expect(checks.allSatisfy { $0.outcome == .passed })
    }

    @Test(arguments: TokenRefusal.allCases)
    func `before the check that failed all have passed, behind it none was reached`(_ refusal: TokenRefusal) {
        for check in TokenVerdict.refused(refusal).checks {
            let expected: TokenCheck.Outcome =
                check.check == refusal ? .failed : check.check.rawValue < refusal.rawValue ? .passed : .notReached
            #expect(check.outcome == expected)
        }
    }

    @Test func `a missing key fails the check for the key`() throws {
        var mint = TokenMint()
        mint.header["kid"] = #""unknown""#
        let outcomes = outcomes(TokenMint.verifier().verify(mint.token).checks)
        #expect(outcomes[.keyIDMalformed] == .passed)
        #expect(outcomes[.keyUnknown] == .failed)
        #expect(outcomes[.signatureWrong] == .notReached)
    }

    @Test func `the signature alone leaves out issuer, times, audience and subject`() {
        let outcomes = outcomes(TokenCheck.list(endingAt: .signatureWrong, signatureOnly: true))
        #expect(outcomes[.typeUnsuitable] == .passed)
        #expect(outcomes[.payloadMalformed] == .skipped)
        #expect(outcomes[.expired] == .skipped)
        #expect(outcomes[.subjectMissing] == .skipped)
        #expect(outcomes[.notAccessToken] == .skipped)
        #expect(outcomes[.confirmationUnchecked] == .skipped)
        #expect(outcomes[.keyUnfit] == .passed)
        #expect(outcomes[.signatureWrong] == .failed)
    }

    /// The checks of steps 3 to 5 are not run, all others are.
    @Test(arguments: Fault.all)
    func `the signature alone refuses what its checks refuse`(_ fault: Fault) throws {
        var draft = Draft()
        fault.make(&draft)
        let keys = try KeySet([Draft.key, TestKeys.key(.es256), TestKeys.key(.es384)] + Draft.doubles)
        let isSkipped = outcomes(TokenCheck.list(endingAt: nil, signatureOnly: true))[fault.refusal] == .skipped
        let refusal: TokenRefusal?
        do throws(TokenRefusal) {
            try TokenVerifier.verifySignature(of: draft.token, with: keys)
            refusal = nil
        } catch {
            refusal = error
        }
        // A payload that was replaced after signing is not the one signed.
        #expect(isSkipped ? refusal == nil || refusal == .signatureWrong : refusal == fault.refusal)
    }
}
