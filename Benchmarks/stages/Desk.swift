import Authentication
import Bytes
import Fixtures
import HTTP1
import JOSE

/// A resolver that knows the samples' issuer, and a store that has the samples' session.
final class Desk {
    private static let now = Moment(steady: 0, timestamp: Samples.now)

    private var resolver: Resolver

    /// - Parameters:
    ///   - entries: how many tokens and sessions it remembers.
    ///   - policies: how many access policies there are, `p0` and so on.
    ///   - others: how many issuers there are before the samples', each with a profile.
    ///   - introspects: whether the samples' issuer is asked about opaque tokens, and there is no store that is asked first.
    ///   - apiToken: an API token that is listed.
    init(
        remembering entries: Int = 200_000, policies: Int = 0, otherIssuers others: Int = 0, introspects: Bool = false,
        apiToken: [UInt8]? = nil
    ) {
        let profiles = ClaimProfile.allCases
        let issuers =
            (0..<others).map { number in
                TrustedIssuer(
                    identifier: "https://issuer-\(number).example", audiences: ["a"], algorithms: .all, leeway: .zero,
                    claims: ClaimMapping(profiles[number % profiles.count].places))
            } + [TokenMint.trustedIssuer()]
        let bound = CacheBound(entries: entries, bytes: 256 << 20)
        resolver = Resolver(
            ResolverSettings(
                issuers: issuers, maximumTokenBytes: 16 << 10,
                sessions: introspects
                    ? nil
                    : SessionRules(
                        appID: "my-project",
                        limits: SessionLimits(lifetime: .seconds(364 * 86_400), idleTimeout: .seconds(30 * 86_400)),
                        missingUser: .unavailable),
                format: AnswerFormat(amrSeparator: UInt8(ascii: ","), maximumValueLength: 8 << 10),
                accessPolicies: (0..<policies).map { number in
                    var policy = AccessPolicy(name: "p\(number)")
                    policy.isVerified = true
                    return policy
                },
                apiTokens: apiToken.map { token in
                    APITokenList([
                        APIToken(
                            id: "t", userID: Array(Samples.userID.utf8),
                            secrets: [.init(digest: SHA256Digest(of: token.span.bytes), expiresAt: nil)])
                    ])
                },
                introspectors: introspects
                    ? [Introspector(TokenMint.trustedIssuer(), id: IssuerID.first(count: 1)[0])] : [],
                caches: CacheRules(tokens: bound, sessions: bound, sessionMaximumAge: .seconds(60))),
            renderer: HTTP1Renderer())
        resolver.publish(TokenMint.ring(issuers: issuers.count))
        resolver.trustSessions(until: .max)
    }

    /// Decides on the requests in turn; gives the answers' lengths, added up.
    func decide(_ requests: [Request], times: Int) -> Int {
        Self.decide(requests, by: &resolver, times)
    }

    private static func decide(_ requests: [Request], by resolver: inout Resolver, _ times: Int) -> Int {
        var index = 0
        var sum = 0
        // By their span, so that no request is copied.
        let requests = requests.span
        for _ in 0..<times {
            if case .answer(let answer) = resolver.resolve(
                requests[index].request, in: requests[index].head.span.bytes, now: Self.now)
            {
                sum &+= answer.bytes.count
            }
            index = index + 1 == requests.count ? 0 : index + 1
        }
        return sum
    }

    /// Reads a head and decides on its request, as the worker does; gives the answers' lengths, added up.
    func serve(_ head: [UInt8], times: Int) -> Int {
        Self.serve(head, by: &resolver, times)
    }

    private static func serve(_ head: [UInt8], by resolver: inout Resolver, _ times: Int) -> Int {
        var sum = 0
        let further = FurtherFields()
        for _ in 0..<times {
            let bytes = head.span.bytes
            var parser = HeadParser()
            _ = try? parser.advance(over: bytes, limit: 64 << 10, lookingAt: further)
            var request = ResolveRequest(
                parser.head.route == .require ? .require : .resolve, fields: parser.head.fields)
            if let name = parser.head.policy { request.policy = resolver.policy(named: bytes.extracting(name.range)) }
            if case .answer(let answer) = resolver.resolve(request, in: bytes, now: now) {
                sum &+= answer.bytes.count + (answer.more?.count ?? 0)
            }
        }
        return sum
    }

    /// Decides on a request to the end, with what the store has of the cookie's session.
    func settle(_ request: Request, _ cookie: String) {
        var step = resolver.resolve(request.request, in: request.head.span.bytes, now: Self.now)
        while true {
            switch consume step {
            case .answer: return
            case .wait(for: .record(let query), let parked):
                step = resolver.resume(parked, with: .record(Self.record(for: query, cookie)), now: Self.now)
            case .wait(for: .question, let parked):
                step = resolver.resume(parked, with: .question(.unknown(.unreachable)), now: Self.now)
            case .wait(for: .claims, let parked):
                step = resolver.resume(parked, with: .claims(Self.activeToken.reply), now: Self.now)
            case .wait(for: .key, let parked):
                step = resolver.resume(parked, with: .key(.unavailable), now: Self.now)
            }
        }
    }

    /// What an introspection endpoint says of any token.
    private static var activeToken: ClaimsAnswer {
        var claims = TokenMint(.rs256).claims
        claims["active"] = "true"
        let fields: [(name: String, value: String)] = []
        return ClaimsAnswer(status: 200, fields: fields, body: Array(claims.text.utf8), askedAt: Self.now.steady)
    }

    private static func record(for query: RecordQuery, _ cookie: String) -> RecordReply {
        let bytes = query.kind == .session ? Samples.sessionRecord(of: cookie) : Samples.userRecord
        do throws(RecordError) {
            return .found(try Record(bytes.span.bytes, for: query))
        } catch {
            return .unreadable(error)
        }
    }
}
