import Authentication
import Bytes
import Fixtures
import HTTP1
import JOSE

extension Stage {
    /// Tokens that are bound to a key or to a certificate, from memory, with what proves it.
    static var proofs: [Stage] { [signature, boundToKey, boundToCertificate] }

    private static let proof = ProofMint(for: boundToken(ProofMint.confirmation()), at: Samples.now).proof

    private static func boundToken(_ confirmation: String) -> [UInt8] {
        var mint = TokenMint()
        mint.claims["cnf"] = confirmation
        return mint.token
    }

    /// The one dear part of a proof.
    private static var signature: Stage {
        let text = Array(proof.utf8)
        return Stage("verify a proof's ES256 signature") {
            { times in
                guard let proof = DPoPProof(text.span.bytes), let key = proof.header.flatMap(ProofKey.init) else {
                    return 0
                }
                var sum = 0
                for _ in 0..<times { sum &+= key.verifies(proof) ? 1 : 0 }
                return sum
            }
        }
    }

    private static var boundToKey: Stage {
        let token = String(decoding: boundToken(ProofMint.confirmation()), as: UTF8.self)
        return bound(
            "request, cached JWT with a DPoP proof", to: "DPoP \(token)",
            [(.originalMethod, "GET"), (.originalURI, ProofMint.path), (.proof, proof)])
    }

    private static var boundToCertificate: Stage {
        let certificate = [UInt8](repeating: 0x5A, count: 1_200)
        let confirmation = #"{"x5t#S256":"\#(ProofMint.hash(of: certificate))"}"#
        let base64 = String(decoding: Base64URL.encode(certificate.span.bytes), as: UTF8.self)
        let token = String(decoding: boundToken(confirmation), as: UTF8.self)
        return bound("request, cached JWT with a certificate", to: "Bearer \(token)", [(.certificate, ":\(base64):")])
    }

    private static func bound(
        _ name: String, to authorization: String, _ fields: [(RequestFields.Further, String)]
    ) -> Stage {
        Stage(name) {
            let desk = BoundDesk(authorization, fields)
            return { times in desk.decide(times: times) }
        }
    }
}

/// A resolver that takes proofs, each as often as it comes: what remembers the used ones is not measured.
private final class BoundDesk {
    private final class NoReplays: ReplayMemory {
        func record(
            _ use: ReplayCache.Use, within window: ReplayCache.Window, now: Timestamp
        ) -> ReplayCache.Ruling { .first }

        func ruling(
            on use: ReplayCache.Use, within window: ReplayCache.Window, now: Timestamp
        ) -> ReplayCache.Ruling { .first }
    }

    private let now = Moment(steady: 0, timestamp: Samples.now)
    private var resolver: Resolver
    private let request: ResolveRequest
    private let head: [UInt8]

    init(_ authorization: String, _ fields: [(RequestFields.Further, String)]) {
        let bound = CacheBound(entries: 64, bytes: 1 << 20)
        resolver = Resolver(
            ResolverSettings(
                issuers: [TokenMint.trustedIssuer()], maximumTokenBytes: 16 << 10, sessions: nil,
                format: AnswerFormat(amrSeparator: UInt8(ascii: ","), maximumValueLength: 8 << 10),
                dpop: DPoPRules(origins: [Origin(ProofMint.origin)].compactMap(\.self)),
                clientCertificate: ClientCertificateRules(format: .rfc9440),
                caches: CacheRules(tokens: bound, sessions: bound, sessionMaximumAge: .seconds(60))),
            keys: TokenMint.ring(), renderer: HTTP1Renderer(), replays: NoReplays())
        var (request, head) = (ResolveRequest(.resolve), Array(authorization.utf8))
        request.fields.authorization = FieldValue(start: 0, end: head.count)
        for (field, value) in fields {
            request.fields.add(field, at: FieldValue(start: head.count, end: head.count + value.utf8.count))
            head += Array(value.utf8)
        }
        (self.request, self.head) = (request, head)
    }

    func decide(times: Int) -> Int {
        var sum = 0
        let head = head
        for _ in 0..<times {
            let bytes = head.span.bytes
            if case .answer(let answer) = resolver.resolve(request, in: bytes, now: now) {
                sum &+= answer.outcome == .valid ? answer.bytes.count : 0
            }
        }
        return sum
    }
}
