import Authentication
import Bytes
import JOSE

extension FuzzTarget {
    /// What is answered about a cookie's session, or by a userinfo endpoint: only 200 with one object says something of a user, only
    /// 401 (of a cookie 403, too) that a credential is not valid, and nothing that a token says is replaced by it.
    ///
    /// An input's first line is the status, the lines up to an empty one are fields, the rest is the body.
    static let claimsAnswer = FuzzTarget(name: "claims-answer") { input in
        let (status, fields, body) = answerParts(of: input)
        for purpose in [AskedServer.Purpose.cookie, .userinfo] {
            let answer = ClaimsAnswer(to: purpose, status: status, fields: fields, body: body, askedAt: 1)
            expect(
                answer.pause.map { (0...AuthgearAnswer.longestPause).contains($0) } ?? true, "a pause is bounded")
            switch answer.reply {
            case .active(let claims, let askedAt):
                expect(status == 200 && askedAt == 1, "only 200 says something of a user")
                check(claims)
            case .inactive:
                expect(status == 401 || purpose == .cookie && status == 403, "only a refusal makes it invalid")
            case .unknown(let failure): expect(answer.fault?.failure == failure, "what is unknown has a reason")
            }
        }
    }

    private static func check(_ claims: ClaimsSet) {
        let names = ["email", "groups", "cnf", "exp"]
        guard let own = try? ClaimsSet(reading: Array(#"{"sub":"own","email":null}"#.utf8)),
            let both = try? MappedClaims(claims: own, mapping: ClaimMapping())
                .completed(by: claims, members: names.dropFirst().map { Array($0.utf8) }).claims
        else { return }
        expect(both.text(at: ClaimPlace("sub")) == Array("own".utf8), "what is there is not replaced")
        expect(both.text(at: ClaimPlace("email")) == nil, "what is there is not replaced")
        expect(both.range(at: [Array("aud".utf8)]) == nil, "nothing else is taken")
        expect(both.list(at: ClaimPlace("groups")) == claims.list(at: ClaimPlace("groups")), "what is lacking is taken")
    }
}
