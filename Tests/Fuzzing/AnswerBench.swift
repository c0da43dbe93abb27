import Authentication
import Bytes
import HTTP1
import JOSE

/// A resolver, and a store that has one session and gives one record for any user.
struct AnswerBench: ~Copyable {
    private var resolver: Resolver
    private let session: [UInt8]
    private let user: [UInt8]

    /// `echo -n a.b | sha256sum` is what a session's `token_hash` must be for this cookie to prove it.
    private static let cookie = "session=a.b"
    private static let now = Moment(steady: 0, timestamp: JWTBench.now)

    /// - Parameters:
    ///   - cacheEntries: 0 for none.
    ///   - session: the record under every session's key.
    ///   - user: the record under every user's key.
    init(cacheEntries: Int, session: [UInt8], user: [UInt8]) {
        self.session = session
        self.user = user
        let bound = CacheBound(entries: cacheEntries, bytes: 1 << 20)
        let rules = SessionRules(
            appID: "app",
            limits: SessionLimits(lifetime: .seconds(364 * 86_400), idleTimeout: .seconds(30 * 86_400)),
            missingUser: .partial)
        self.resolver = Resolver(
            ResolverSettings(
                issuers: [JWTBench.issuer], maximumTokenBytes: JWTBench.maximumTokenBytes, sessions: rules,
                format: AnswerFormat(amrSeparator: UInt8(ascii: ","), maximumValueLength: 8 << 10),
                caches: CacheRules(tokens: bound, sessions: bound, sessionMaximumAge: .seconds(60))),
            renderer: HTTP1Renderer())
        if let ring = JWTBench.shared?.ring { resolver.publish(ring) }
        resolver.trustSessions(until: .max)
    }

    /// Asks with the cookie, and with the token before it when there is one.
    mutating func ask(token: [UInt8]?) -> Answer {
        let cookie = Array(Self.cookie.utf8)
        let head = cookie + Array("Bearer ".utf8) + (token ?? [])
        var request = ResolveRequest(.resolve)
        request.fields.append(cookie: FieldValue(start: 0, end: cookie.count))
        if token != nil { request.fields.authorization = FieldValue(start: cookie.count, end: head.count) }
        var step = resolver.resolve(request, in: head.span.bytes, now: Self.now)
        while true {
            switch consume step {
            case .answer(let answer): return answer
            case .wait(for: .record(let query), let parked):
                step = resolver.resume(parked, with: .record(reply(to: query)), now: Self.now)
            case .wait(for: .question, let parked):
                step = resolver.resume(parked, with: .question(.unknown(.unreachable)), now: Self.now)
            case .wait(for: .claims, let parked):
                step = resolver.resume(parked, with: .claims(.unknown(.unreachable)), now: Self.now)
            case .wait(for: .key, let parked):
                step = resolver.resume(parked, with: .key(.unavailable), now: Self.now)
            }
        }
    }

    private func reply(to query: RecordQuery) -> RecordReply {
        expect(query.key.starts(with: Array("app:app:".utf8)), "a store key is the application's")
        do throws(RecordError) {
            return .found(try Record((query.kind == .session ? session : user).span.bytes, for: query))
        } catch {
            return .unreadable(error)
        }
    }
}
