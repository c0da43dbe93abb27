import Fixtures
import JOSE
import Testing

@Suite struct TokenRefusalTests {
    @Test func `a draft without a fault is valid`() {
        #expect(Draft().refusal == nil)
    }

    @Test(arguments: Fault.all)
    func `each fault has its refusal`(_ fault: Fault) {
        var draft = Draft()
        fault.make(&draft)
        #expect(draft.refusal == fault.refusal)
    }

    @Test func `there is a fault for each refusal, in the order of the checks`() {
        var refusals: [TokenRefusal] = []
        for fault in Fault.all where refusals.last != fault.refusal { refusals.append(fault.refusal) }
        #expect(refusals == TokenRefusal.allCases)
    }

    @Test func `of any two faults the earlier check refuses`() {
        let firsts = TokenRefusal.allCases.compactMap { refusal in Fault.all.first { $0.refusal == refusal } }
        let lasts = TokenRefusal.allCases.compactMap { refusal in Fault.all.last { $0.refusal == refusal } }
        for faults in [firsts, lasts] {
            for (earlier, later) in pairs(of: faults) {
                var draft = Draft()
                later.make(&draft)
                earlier.make(&draft)
                #expect(draft.refusal == earlier.refusal, "\(earlier.testDescription) and \(later.testDescription)")
            }
        }
    }

    private func pairs(of faults: [Fault]) -> [(Fault, Fault)] {
        faults.indices.flatMap { later in faults[..<later].map { ($0, faults[later]) } }
    }

    @Test func `a reason is made of small letters, digits and underscores, and is no other's`() {
        let reasons = TokenRefusal.allCases.map(\.reason.description)
        #expect(Set(reasons).count == TokenRefusal.allCases.count)
        #expect(reasons.allSatisfy { $0.wholeMatch(of: /[a-z0-9_]+/) != nil })
    }

    @Test func `a token of exactly the longest length is read, one byte more is refused`() {
        let token = TokenMint(.edDSA).token
        let issuers = [TokenMint.trustedIssuer()]
        let exact = TokenVerifier(issuers: issuers, maximumTokenBytes: token.count)
        let short = TokenVerifier(issuers: issuers, maximumTokenBytes: token.count - 1)
        #expect(exact.verify(token).token != nil)
        #expect(short.verify(token).refusal == .tooLong)
    }
}
