import Authentication
import Bytes
import JOSE

extension FuzzTarget {
    /// What an introspection endpoint answers: only 200 says something of a token, only a boolean `active` that it is good, and whose
    /// it is only what every check lets through.
    ///
    /// An input's first line is the status, the lines up to an empty one are fields, the rest is the body.
    static let introspectionAnswer = FuzzTarget(name: "introspection-answer") { input in
        let (status, fields, body) = answerParts(of: input)
        let answer = ClaimsAnswer(status: status, fields: fields, body: body, askedAt: 1)
        expect(answer.pause.map { (0...AuthgearAnswer.longestPause).contains($0) } ?? true, "a pause is bounded")
        switch answer.reply {
        case .active(let claims, let askedAt):
            expect(status == 200 && askedAt == 1, "only 200 says that a token is active")
            expect(claims.boolean(at: ClaimPlace("active")) == true, "what is active says so")
            check(claims)
        case .inactive: expect(status == 200, "only 200 says that a token is inactive")
        case .unknown(let failure): expect(answer.fault?.failure == failure, "what is unknown has a reason")
        }
    }

    private static func check(_ claims: ClaimsSet) {
        let issuer = TrustedIssuer(
            identifier: "https://id.example", audiences: ["api"], algorithms: .all, leeway: .zero)
        let now = Timestamp(seconds: 1_795_237_800)
        let verifier = IntrospectionVerifier(issuer: issuer, clients: [Array("web".utf8)])
        guard let token = try? verifier.verify(claims, now: now) else { return }
        expect(!token.subject.isEmpty && !token.userID.isEmpty, "who is named has a name")
        expect(token.expiresAt.map { now < $0 } ?? true, "what is good has not ended")
        expect(claims.range(at: [Array("cnf".utf8)]) == nil, "what is bound is no bearer's")
        // What a JWT says is never replaced.
        guard let own = try? ClaimsSet(reading: Array(#"{"sub":"own","active":false}"#.utf8)),
            let both = try? MappedClaims(claims: own, mapping: ClaimMapping()).completed(by: claims).claims
        else { return }
        expect(both.text(at: ClaimPlace("sub")) == Array("own".utf8), "what is there is not replaced")
        expect(both.boolean(at: ClaimPlace("active")) == false, "what is there is not replaced")
        expect(
            both.list(at: ClaimPlace("aud")) == claims.list(at: ClaimPlace("aud")), "what is lacking comes of the other"
        )
    }

    /// An answer as a file has it: its first line is the status, the lines up to an empty one are fields, the rest is the body.
    static func answerParts(of input: RawSpan) -> (status: Int, fields: [(name: String, value: String)], body: [UInt8])
    {
        let lines = [UInt8](copying: input).split(separator: 0x0A, omittingEmptySubsequences: false)
        let status = lines.first.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 200
        let fields = lines.dropFirst().prefix { !$0.isEmpty }.map(field)
        return (status, fields, Array(lines.dropFirst(fields.count + 2).joined(separator: [0x0A])))
    }

    private static func field(_ line: some Collection<UInt8>) -> (name: String, value: String) {
        let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        return (
            String(decoding: parts[0], as: UTF8.self), parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
        )
    }
}
