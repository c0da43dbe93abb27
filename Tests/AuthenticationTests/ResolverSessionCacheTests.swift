import Authentication
import Bytes
import JOSE
import Testing

/// A session answered from memory, and everything that must end that.
struct ResolverSessionCacheTests {
    private static let cookies = ["session=\(Desk.cookie)"]

    /// A desk whose store tells of changes, and that has answered one session.
    private static func warm(session: RecordReply = Desk.session(), user: RecordReply = Desk.user()) -> Desk {
        var desk = Desk(store: Desk.store(session: session, user: user))
        desk.resolver.trustSessions(until: .max)
        #expect(desk.ask(cookies: cookies) == Desk.valid)
        desk.forgetAsked()
        return desk
    }

    @Test(arguments: Endpoint.allCases) func `a session once read is answered from memory`(endpoint: Endpoint) {
        var desk = Self.warm()
        #expect(desk.ask(endpoint, cookies: Self.cookies) == Desk.valid)
        #expect(desk.asked == [])
        #expect(desk.resolver.sessionCacheFigures.hits == 1)
        #expect(desk.resolver.sessionCacheFigures.entries == 1)
    }

    @Test func `another secret for the same session is looked up and refused`() {
        var desk = Self.warm()
        #expect(desk.ask(cookies: ["session=a8c1.guess"]) == Desk.invalid)
        #expect(desk.asked == [Desk.sessionKey])
    }

    @Test(arguments: [Desk.sessionKey, Desk.userKey])
    func `a record that changed is read again`(key: String) {
        var desk = Self.warm()
        desk.resolver.recordChanged(Array(key.utf8), now: desk.moment)
        desk.store[key] = .missing
        #expect(desk.ask(cookies: Self.cookies) != Desk.valid)
        #expect(desk.asked.first == Desk.sessionKey)
    }

    @Test func `a change of another record ends nothing`() {
        var desk = Self.warm()
        desk.resolver.recordChanged(Array("app:my-project:session:other".utf8), now: desk.moment)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.asked == [])
    }

    /// They fall on 1024 places, so some share one.
    @Test func `no change is missed, whichever records are watched together`() {
        var desk = Desk(store: [Desk.userKey: Desk.user()], caches: CacheBound(entries: 256, bytes: 1 << 20))
        desk.resolver.trustSessions(until: .max)
        let names = (0..<256).map { "s\($0)" }
        let keys = names.map { "app:my-project:session:\($0)" }
        for (name, key) in zip(names, keys) {
            desk.store[key] = Desk.session(secret: "\(name).secret")
            #expect(desk.ask(cookies: ["session=\(name).secret"]) == Desk.valid)
        }
        for number in stride(from: 0, to: 256, by: 2) {
            desk.resolver.recordChanged(Array(keys[number].utf8), now: desk.moment)
            desk.store[keys[number]] = .missing
        }
        for (number, name) in names.enumerated() {
            let answer = desk.ask(cookies: ["session=\(name).secret"])
            #expect(answer == (number.isMultiple(of: 2) ? Desk.invalid : Desk.valid))
        }
    }

    @Test func `when the store can't tell of changes any more every session is read again`() {
        var desk = Self.warm()
        desk.resolver.distrustSessions()
        desk.store = [:]
        #expect(desk.ask(cookies: Self.cookies) == Desk.invalid)
        #expect(desk.resolver.sessionCacheFigures.entries == 0)
    }

    @Test func `nothing that was read before the store could tell of changes is remembered`() {
        var desk = Desk()
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        desk.resolver.trustSessions(until: .max)
        desk.store = [:]
        #expect(desk.ask(cookies: Self.cookies) == Desk.invalid)
    }

    @Test func `beyond the moment up to which the store is trusted nothing is answered from memory`() {
        var desk = Self.warm()
        desk.resolver.trustSessions(until: desk.moment.steady)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        desk.now = desk.now + .microseconds(1)
        desk.store = [:]
        #expect(desk.ask(cookies: Self.cookies) == Desk.invalid)
    }

    static var ends: [(session: RecordReply, user: RecordReply, after: Duration)] {
        [
            (Desk.session(), Desk.user(), .seconds(60)),
            (Desk.session(createdAt: Desk.now - .seconds(364 * 86_400 - 5)), Desk.user(), .seconds(5)),
            (Desk.session(lastAccess: Desk.now - .seconds(30 * 86_400 - 7)), Desk.user(), .seconds(7)),
            (Desk.session(), Desk.user(staleFrom: Desk.now + .seconds(9)), .seconds(9) - .microseconds(1)),
        ]
    }

    @Test(arguments: ends)
    func `an answer is given no longer than its age, its session and its user allow`(
        session: RecordReply, user: RecordReply, after: Duration
    ) {
        var desk = Self.warm(session: session, user: user)
        desk.now = Desk.now + after
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.asked == [])
        desk.now = desk.now + .microseconds(1)
        _ = desk.ask(cookies: Self.cookies)
        #expect(desk.asked.first == Desk.sessionKey)
    }

    @Test(arguments: [Duration.seconds(-3_600), .seconds(-1), .seconds(3_600)])
    func `how old an answer may become does not depend on the civil clock`(step: Duration) {
        var desk = Self.warm()
        desk.setClock(by: step)
        desk.now = desk.now + .seconds(60)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.asked == [])
        desk.now = desk.now + .microseconds(1)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.asked == [Desk.sessionKey, Desk.userKey])
    }

    @Test func `how long the store is trusted does not depend on the civil clock`() {
        var desk = Self.warm()
        desk.resolver.trustSessions(until: desk.moment.steady + 1_000_000_000)
        desk.setClock(by: .seconds(-3_600))
        desk.now = desk.now + .seconds(1) + .microseconds(1)
        _ = desk.ask(cookies: Self.cookies)
        #expect(desk.asked == [Desk.sessionKey, Desk.userKey])
    }

    @Test func `with a clock that is set forward a session's own dates count at once`() {
        var desk = Self.warm()
        desk.setClock(by: .seconds(31 * 86_400))
        #expect(desk.ask(cookies: Self.cookies) == Desk.invalid)
    }

    /// Walks a look-up by hand, with an invalidation at one of the points where it could come.
    @Test(arguments: [Desk.sessionKey, Desk.userKey], 0..<3)
    func `an invalidation between the read and the insert wins`(key: String, point: Int) throws {
        var desk = Desk()
        desk.resolver.trustSessions(until: .max)
        let (request, head) = Desk.request(.resolve, authorization: nil, cookies: Self.cookies)
        guard
            case .wait(for: .record, let first) = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment)
        else { throw Unexpected() }
        if point == 0 { desk.resolver.recordChanged(Array(key.utf8), now: desk.moment) }
        guard
            case .wait(for: .record, let second) = desk.resolver.resume(
                first, with: .record(Desk.session()), now: desk.moment)
        else { throw Unexpected() }
        if point == 1 { desk.resolver.recordChanged(Array(key.utf8), now: desk.moment) }
        guard case .answer(let answer) = desk.resolver.resume(second, with: .record(Desk.user()), now: desk.moment)
        else { throw Unexpected() }
        if point == 2 { desk.resolver.recordChanged(Array(key.utf8), now: desk.moment) }
        #expect(Desk.lines(of: answer) == Desk.valid)

        _ = desk.ask(cookies: Self.cookies)
        // A change of the user before its read was sent is none that the read could have missed.
        let mayRemember = key == Desk.userKey && point == 0
        #expect(desk.asked == (mayRemember ? [] : [Desk.sessionKey, Desk.userKey]))
    }

    /// The replies of one trip, the second of which was asked for ahead.
    @Test(arguments: [true, false])
    func `a request goes on with the records that came along`(isAsProven: Bool) throws {
        var desk = Desk(caches: CacheBound(entries: 0, bytes: 0))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        let (request, head) = Desk.request(.resolve, authorization: nil, cookies: Self.cookies)
        guard
            case .wait(for: .record, let first) = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment),
            let query = first.prefetch.first
        else { throw Unexpected() }
        #expect(query.key == Array(Desk.userKey.utf8))
        var arrived = ArrivedRecords()
        arrived.add(ArrivedRecord(query: isAsProven ? query : query.withoutProof(), reply: Desk.user()))
        switch desk.resolver.resume(first, with: .record(Desk.session()), arrived: arrived, now: desk.moment) {
        case .answer(let answer): #expect(isAsProven && Desk.lines(of: answer) == Desk.valid)
        case .wait: #expect(!isAsProven, "a reply without proof is another question's")
        }
    }

    @Test func `a trust that is lost during a look-up is not regained by it`() throws {
        var desk = Desk()
        desk.resolver.trustSessions(until: .max)
        let (request, head) = Desk.request(.resolve, authorization: nil, cookies: Self.cookies)
        guard
            case .wait(for: .record, let first) = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment)
        else { throw Unexpected() }
        desk.resolver.distrustSessions()
        desk.resolver.trustSessions(until: .max)
        guard
            case .wait(for: .record, let second) = desk.resolver.resume(
                first, with: .record(Desk.session()), now: desk.moment),
            case .answer = desk.resolver.resume(second, with: .record(Desk.user()), now: desk.moment)
        else { throw Unexpected() }
        _ = desk.ask(cookies: Self.cookies)
        #expect(desk.asked == [Desk.sessionKey, Desk.userKey])
    }

    private struct Unexpected: Error {}
}
