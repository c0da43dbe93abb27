import AllocationCounter
import Authentication
import Bytes
import JOSE
import Testing

/// Requests that come together with one cookie, as those of a page do, and wait for one look-up: what the first comes to is the answer
/// of the others, if nothing that it depends on is another.
struct SharedAnswerTests {
    /// A desk, without a cache unless Authgear is asked, and the question for the user's record, which it asks ahead with the session's.
    private struct Page: ~Copyable {
        var desk: Desk
        let query: RecordQuery

        init(
            idleTimeout: Duration? = .seconds(30 * 86_400), asking authgear: AuthgearRules? = nil,
            policies: [AccessPolicy] = [], assertion: AssertionSigner? = nil
        ) throws {
            let size = authgear == nil ? 0 : 1 << 20
            desk = Desk(
                sessions: Desk.rules(idleTimeout: idleTimeout), caches: CacheBound(entries: size, bytes: size),
                asking: authgear, policies: policies, assertion: assertion)
            desk.resolver.trustSessions(until: .max)
            let answer = desk.ask(cookies: ["session=\(Desk.cookie)"])
            #expect(answer.filter { !$0.hasPrefix(AssertionTests.name) } == Desk.valid)
            // Nothing that is remembered is as old as that.
            if authgear != nil { desk.pass(.seconds(61)) }
            query = try #require(try Self.wait(at: &desk).prefetch.first)
        }

        /// Has a request wait for its session.
        static func wait(
            _ endpoint: Endpoint = .resolve, policy: String? = nil, cookie: String = Desk.cookie, at desk: inout Desk
        ) throws -> Parked {
            var (request, head) = Desk.request(endpoint, authorization: nil, cookies: ["session=\(cookie)"])
            request.policy = policy.flatMap { desk.resolver.policy(named: Array($0.utf8).span.bytes) }
            switch desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment) {
            case .wait(for: .record, let parked): return parked
            default: throw Unexpected()
            }
        }

        /// Goes on with these replies.
        mutating func goOn(_ parked: consuming Parked, with session: RecordReply, and user: RecordReply) -> Step {
            var arrived = ArrivedRecords()
            arrived.add(ArrivedRecord(query: query, reply: user))
            return desk.resolver.resume(parked, with: .record(session), arrived: arrived, now: desk.moment)
        }

        mutating func answer(
            _ endpoint: Endpoint = .resolve, policy: String? = nil, cookie: String = Desk.cookie,
            with session: RecordReply, and user: RecordReply
        ) throws -> [String] {
            switch goOn(
                try Self.wait(endpoint, policy: policy, cookie: cookie, at: &desk), with: session, and: user)
            {
            case .answer(let answer): return Desk.lines(of: answer)
            case .wait: throw Unexpected()
            }
        }
    }

    @Test func `requests with one cookie have one answer`() throws {
        var page = try Page()
        let (session, user) = (Desk.session(), Desk.user())
        for _ in 0..<3 { #expect(try page.answer(with: session, and: user) == Desk.valid) }
    }

    @Test func `what the first has come to is given without an allocation`() throws {
        var page = try Page()
        let (session, user) = (Desk.session(), Desk.user())
        #expect(try page.answer(with: session, and: user) == Desk.valid)
        let parked = try Page.wait(at: &page.desk)
        var arrived = ArrivedRecords()
        arrived.add(ArrivedRecord(query: page.query, reply: user))
        let before = allocation_count()
        let step = page.desk.resolver.resume(parked, with: .record(session), arrived: arrived, now: page.desk.moment)
        #expect(allocation_count() == before)
        guard case .answer = consume step else { throw Unexpected() }
    }

    /// Whose record ends while nobody comes is asked about in advance if he is active.
    @Test(arguments: [1, 2]) func `whoever sends several requests at once is active`(requests: Int) throws {
        var page = try Page(asking: EndedUserTests.rules)
        let user = Desk.user().ending(at: page.desk.moment.steady(after: EndedUserTests.lifetime))
        let session = Desk.session()
        let first = try Page.wait(at: &page.desk)
        let second = try Page.wait(at: &page.desk)
        guard case .answer = page.goOn(first, with: session, and: user) else { throw Unexpected() }
        if requests == 2 {
            guard case .answer = page.goOn(second, with: session, and: user) else { throw Unexpected() }
        }
        page.desk.pass(EndedUserTests.lifetime)
        page.desk.lose(Desk.userKey)
        #expect(page.desk.takeQuestions().count == requests - 1)
    }

    @Test func `another secret with the same records is refused, before and after the good one`() throws {
        var page = try Page()
        let (session, user) = (Desk.session(), Desk.user())
        for _ in 0..<2 {
            #expect(try page.answer(cookie: "a8c1.guess", with: session, and: user) == Desk.invalid)
            #expect(try page.answer(with: session, and: user) == Desk.valid)
        }
        #expect(page.desk.refusals["session wrong_secret"] == 2)
    }

    @Test func `a user's record that is another makes another answer`() throws {
        var page = try Page()
        let session = Desk.session()
        #expect(try page.answer(with: session, and: Desk.user()) == Desk.valid)
        let roles = try page.answer(with: session, and: Desk.user(roles: ["stock.edit"]))
        #expect(roles.contains("x-authgear-user-roles: stock.edit"))
        #expect(try page.answer(with: session, and: Desk.user(isDisabled: true)) == Desk.invalid)
        #expect(try page.answer(with: session, and: .unavailable(.timedOut)) != Desk.valid)
    }

    @Test func `a session's record that is another is judged by itself`() throws {
        var page = try Page()
        let user = Desk.user()
        #expect(try page.answer(with: Desk.session(), and: user) == Desk.valid)
        #expect(try page.answer(with: Desk.session(secret: "other"), and: user) == Desk.invalid)
        #expect(try page.answer(with: .missing, and: user) == Desk.invalid)
    }

    @Test func `the same records are judged anew at another moment`() throws {
        var page = try Page(idleTimeout: .seconds(60))
        let (session, user) = (Desk.session(), Desk.user())
        #expect(try page.answer(with: session, and: user) == Desk.valid)
        page.desk.now = page.desk.now + .seconds(61)
        #expect(try page.answer(with: session, and: user) == Desk.invalid)
        #expect(page.desk.refusals["session idle"] == 1)
    }

    /// The settings change while both wait.
    @Test func `by other settings a request begins anew`() throws {
        var page = try Page()
        let (session, user) = (Desk.session(), Desk.user())
        let parked = try Page.wait(at: &page.desk)
        #expect(try page.answer(with: session, and: user) == Desk.valid)
        var settings = page.desk.settings
        settings.sessions = Desk.rules(idleTimeout: .seconds(1))
        page.desk.resolver.adopt(settings)
        guard case .wait(for: .record(let asked), _) = page.goOn(parked, with: session, and: user) else {
            throw Unexpected()
        }
        #expect(asked.key == Array(Desk.sessionKey.utf8))
    }

    /// Whoever waits for the same look-up is answered what he asked.
    @Test func `each is judged by its own policy, whoever came first`() throws {
        var (all, admins) = (AccessPolicy(name: "all"), AccessPolicy(name: "admins"))
        (all.credentials, admins.roles) = ([.session], [Array("admin".utf8)])
        var page = try Page(policies: [all, admins])
        let (session, user) = (Desk.session(), Desk.user())
        let questions: [(Endpoint, String?, [String])] = [
            (.resolve, nil, Desk.valid), (.require, nil, Desk.valid), (.require, "all", Desk.valid),
            (.require, "admins", [AccessPolicyTests.forbidden, "x-authgear-refused: role"]),
            (.resolve, "all", Desk.valid + ["x-authgear-allowed: true"]),
            (.resolve, "admins", Desk.valid + ["x-authgear-allowed: false", "x-authgear-refused: role"]),
        ]
        for first in questions {
            for second in questions {
                // What the one came to is given to the other, so it is another moment for the next two.
                page.desk.pass(.seconds(1))
                for (endpoint, policy, answer) in [first, second] {
                    #expect(try page.answer(endpoint, policy: policy, with: session, and: user) == answer)
                }
            }
        }
    }

    @Test func `each has an assertion, of whose cookie it is`() throws {
        var page = try Page(assertion: AssertionTests.signer())
        let session = Desk.session()
        for roles in [["stock.edit"], ["stock.edit"], ["stock.read"]] {
            let lines = try page.answer(with: session, and: Desk.user(roles: roles))
            let (_, payload) = AssertionTests.parts(of: AssertionTests.token(in: lines))
            #expect(payload.contains("\"\(roles[0])\""))
            #expect(lines.contains("x-authgear-user-roles: \(roles[0])"))
        }
        let guess = try page.answer(cookie: "a8c1.guess", with: session, and: Desk.user())
        #expect(guess == Desk.invalid)
    }

    private struct Unexpected: Error {}
}
