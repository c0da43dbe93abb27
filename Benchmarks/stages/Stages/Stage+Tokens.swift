import Authentication
import Bytes
import Fixtures
import HTTP1
import JOSE

extension Stage {
    static var tokens: [Stage] {
        [
            base64,
            verdict("claims of a token that expired", Samples.expiredToken),
            verdict("claims of 1,300 names", Samples.tokenOfManyNames(areNested: false)),
            verdict("claims of 1,300 nested names", Samples.tokenOfManyNames(areNested: true)),
            verdict("verify RS256", Samples.token(.rs256)),
            verdict("verify ES256", Samples.token(.es256)),
            verdict("verify ES256 by a table", Samples.token(.es256), with: TokenMint.ring().withTables),
            verdict("verify EdDSA", Samples.token(.edDSA)),
            answer,
        ]
    }

    private static var base64: Stage {
        let text = Array(Samples.token().split(separator: UInt8(ascii: "."))[1])
        return Stage("base64url, \(text.count) bytes") {
            { times in
                var sum = 0
                for _ in 0..<times { sum &+= Base64URL.decode(text.span.bytes)?.count ?? 0 }
                return sum
            }
        }
    }

    /// All checks of a token up to the one that fails.
    private static func verdict(
        _ name: String, _ token: [UInt8], with ring: KeyRing = TokenMint.ring()
    ) -> Stage {
        let now = Moment(steady: 0, timestamp: Samples.now)
        return Stage(name) {
            { times in
                var verifier = TokenMint.verifier()
                var sum = 0
                for _ in 0..<times {
                    switch verifier.verify(token.span.bytes, with: ring, now: now) {
                    case .valid(let token): sum &+= token.subject.count
                    case .refused(let refusal): sum &+= Int(refusal.rawValue)
                    case .forged, .keyMissing: break
                    }
                }
                return sum
            }
        }
    }

    private static var answer: Stage {
        let format = AnswerFormat(amrSeparator: UInt8(ascii: ","), maximumValueLength: 8 << 10)
        let identity = Identity(
            userID: Array(Samples.userID.utf8),
            claims: IdentityClaims(
                isAnonymous: false, isVerified: true, canReauthenticate: true,
                roles: ["stock.view", "stock.edit"].map { Array($0.utf8) },
                authenticationMethods: ["pwd", "mfa"].map { Array($0.utf8) }),
            authenticatedAt: Samples.now)
        return Stage("answer from an identity") {
            { times in
                var sum = 0
                for _ in 0..<times {
                    sum &+= (try? format.unjudgedAnswer(for: identity, by: HTTP1Renderer()))?.bytes.count ?? 0
                }
                return sum
            }
        }
    }
}

extension KeyRing {
    /// The same keys, with a table where one can be had.
    fileprivate var withTables: KeyRing {
        var ring = self
        for (index, keys) in ring.issuers.enumerated() {
            for key in keys.set?.keys ?? [] {
                guard let tabled = key.withTable() else { continue }
                ring.issuers[index].set = ring.issuers[index].set?.replacing(tabled)
            }
        }
        return ring
    }
}
