import Fixtures
import JOSE
import Testing

/// Two implementations, one verdict: jwt-kit judges the same tokens by the same keys at the same time.
@Suite struct OracleTests {
    /// Where jwt-kit takes what the contract refuses, and the clause that refuses it. Nothing is ever the other way round.
    static let differences: [TokenRefusal: String] = [
        .signatureNotBase64URL: "contract section 4, step 1: strict base64url; jwt-kit decodes what it can",
        .headerMalformed: "contract section 4, step 2: no duplicate names; Foundation's JSON takes one of them",
        .algorithmUnknown:
            "contract section 4, step 2: alg is known; jwt-kit takes the algorithm from the key and ignores the header's",
        .criticalExtension: "contract section 4, step 2: no crit; jwt-kit ignores it",
        .unencodedPayload: "contract section 4, step 2: b64 absent; jwt-kit ignores it",
        .typeUnsuitable: "contract section 4, step 2: typ is JWT or at+jwt; jwt-kit ignores it",
        .payloadMalformed: "contract section 4, step 3: no duplicate names; Foundation's JSON takes one of them",
        .algorithmNotAllowed: "contract section 4, step 3: the issuer allows alg; jwt-kit knows no issuers",
        .issuedAtMalformed:
            "contract section 4, step 4: iat is a number; the payload's type leaves it optional and null is absent",
        .issuedInFuture: "contract section 4, step 4: iat is not in the future; jwt-kit has no such check",
        .notBeforeMalformed:
            "contract section 4, step 4: nbf is a number; the payload's type leaves it optional and null is absent",
        .notAccessToken: "contract section 4, step 5: typ is no other kind's; jwt-kit does not know the claim",
        .requiredClaim: "contract section 14: a claim has to be a value; jwt-kit does not know the claim",
        .userIDMissing: "contract section 14: the user's id is stated; jwt-kit does not know the claim",
        .confirmationUnknown: "contract section 4, step 5: no cnf; jwt-kit ignores it",
        .confirmationUnchecked: "contract section 4, step 5: no cnf; jwt-kit ignores it",
        .tokenIDUnsuitable: "contract section 11: jti is an access grant's hash; jwt-kit knows no sessions",
        .keyIDMalformed:
            "contract section 4, step 6: the key is found by kid; jwt-kit takes its first key when kid is null",
        .keyUnknown:
            "contract section 4, step 6: the key is found by kid; jwt-kit takes its first key for an unknown kid",
        .keyAmbiguous: "contract section 4, step 6: without kid only one key may fit; jwt-kit takes its first",
        .keyUnfit: "contract section 4, step 6: the key's alg equals the token's; jwt-kit does not compare them",
    ]

    @Test func `2,000 generated tokens: what we take jwt-kit takes, what we refuse it refuses, but for the list`()
        async throws
    {
        var generator = SeededGenerator(seed: 20_261_121)
        let oracle = try await Oracle(Draft.publicKeys)
        var seen: [TokenRefusal: Bool] = [:]
        var valid = 0
        for number in 0..<3000 {
            let draft = Draft.random(number, &generator)
            let (token, refusal) = (draft.token, draft.refusal)
            let theirs = await oracle.accepts(token, hasKid: draft.mint.header["kid"] != nil)
            if let refusal {
                if theirs {
                    #expect(Self.differences[refusal] != nil, "\(refusal): \(String(decoding: token, as: UTF8.self))")
                }
                seen[refusal] = seen[refusal] == true || theirs
            } else {
                valid += 1
                #expect(theirs, "\(String(decoding: token, as: UTF8.self))")
            }
        }
        #expect(valid > 500)
        #expect(Set(seen.keys) == Set(TokenRefusal.allCases), "every way to be wrong came up")
        #expect(Set(seen.filter(\.value).keys) == Set(Self.differences.keys), "every difference of the list came up")
    }

    @Test func `with any byte of a right token changed neither takes it, but for stray bits and padding`() async throws
    {
        let oracle = try await Oracle(Draft.publicKeys)
        let token = Draft().token
        for index in token.indices {
            var damaged = token
            damaged[index] ^= 1
            guard await oracle.accepts(damaged) else { continue }
            // The last character of a part has bits that stand for nothing: contract section 4, step 1, wants them zero.
            #expect(Draft.verifier.verify(damaged, with: Draft.ring).refusal == .signatureNotBase64URL)
        }
    }
}
