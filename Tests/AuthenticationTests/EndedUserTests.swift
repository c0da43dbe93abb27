import Authentication
import Bytes
import JOSE
import Testing

/// A user's record that has ended by itself serves on while Authgear is asked, so that whoever is active never waits; one
/// that was purged never does (contract section 10, case 1).
struct EndedUserTests {
    static let cookies = ["session=\(Desk.cookie)"]
    static let lifetime = Duration.seconds(300)
    static let rules = AuthgearRules(timeout: .seconds(2), userMaximumStale: .seconds(300))

    static func identity(_ user: String = "e307") -> Identity {
        Identity(userID: Array(user.utf8), claims: IdentityClaims(), authenticatedAt: nil)
    }

    /// Somebody whose record has been read, and lives for five minutes.
    static func desk(
        rules: AuthgearRules = rules, staleFrom: Timestamp? = nil, endsInStore: Bool = true,
        key: String = Desk.userKey, requests: Int = 2
    ) -> Desk {
        var desk = Desk(store: [Desk.sessionKey: Desk.session()], asking: rules)
        let end = desk.moment.steady(after: lifetime)
        desk.store[key] = Desk.user(staleFrom: staleFrom).ending(at: endsInStore ? end : nil)
        desk.resolver.trustSessions(until: .max)
        for _ in 0..<requests { #expect(desk.ask(cookies: cookies) == Desk.valid) }
        desk.forgetAsked()
        return desk
    }

    @Test func `a record that has ended serves on while Authgear is asked, and nobody waits`() {
        var desk = Self.desk()
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        let questions = desk.takeQuestions()
        #expect(questions.map(\.purpose) == [.user], "it is asked before anybody comes")
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.questions.isEmpty)
        #expect(desk.takeQuestions().isEmpty, "it is asked already")
        desk.pass(.milliseconds(50))
        desk.store[Desk.userKey] = Desk.user(roles: ["new"]).ending(at: desk.moment.steady(after: Self.lifetime))
        desk.resolver.recordChanged(Array(Desk.userKey.utf8), now: desk.moment)
        for asked in questions {
            desk.resolver.conclude(asked, with: .valid(Self.identity()), now: desk.moment)
        }
        for _ in 0..<2 { #expect(desk.ask(cookies: Self.cookies).contains("x-authgear-user-roles: new")) }
        #expect(desk.questions.isEmpty)
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        #expect(desk.takeQuestions().count == 1, "and so each time")
    }

    @Test func `a record that comes while it is looked for is read, and Authgear is not asked once more`() {
        var desk = Self.desk()
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        _ = desk.takeQuestions()
        let (request, head) = Desk.request(.resolve, authorization: nil, cookies: Self.cookies)
        var step = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment)
        var asked: [String] = []
        while true {
            guard case .wait(for: .record(let query), let parked) = consume step else { break }
            let reply = desk.reply(to: query)
            if desk.asked.last == Desk.userKey, asked.last != Desk.userKey {
                // It was missing, and is written before the reply arrives.
                desk.store[Desk.userKey] = Desk.user(roles: ["new"])
                desk.resolver.recordChanged(Array(Desk.userKey.utf8), now: desk.moment)
            }
            asked.append(String(decoding: query.key, as: UTF8.self))
            step = desk.resolver.resume(parked, with: .record(reply), now: desk.moment)
        }
        #expect(asked == [Desk.sessionKey, Desk.userKey, Desk.bearerUserKey, Desk.userKey])
        #expect(desk.ask(cookies: Self.cookies).contains("x-authgear-user-roles: new"))
        #expect(desk.questions.isEmpty && desk.takeQuestions().isEmpty)
    }

    @Test func `the record of somebody who is not active is not asked for before he comes`() {
        var desk = Self.desk(requests: 1)
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        #expect(desk.takeQuestions().isEmpty)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.takeQuestions().map(\.purpose) == [.user])
        #expect(desk.questions.isEmpty)
    }

    @Test func `an answer is not given from memory once its user's record has ended`() {
        var desk = Self.desk(requests: 0)
        desk.pass(Self.lifetime - .seconds(10))
        for _ in 0..<2 { #expect(desk.ask(cookies: Self.cookies) == Desk.valid) }
        desk.forgetAsked()
        desk.pass(.seconds(10) + .microseconds(1))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.asked.contains(Desk.userKey), "also when nothing tells that it has")
    }

    @Test func `it serves for as long as a question takes and a second, then a request waits`() {
        var desk = Self.desk()
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        desk.pass(.seconds(3))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.questions.isEmpty)
        desk.pass(.microseconds(1))
        desk.authgear = .valid(Self.identity())
        #expect(desk.ask(cookies: Self.cookies).contains("x-authgear-user-id: e307"))
        #expect(desk.questions.count == 1)
        desk.forgetAsked()
        desk.pass(.seconds(11))
        desk.authgear = .unknown(.timedOut)
        #expect(desk.ask(cookies: Self.cookies) == Desk.unknown(.authgearTimedOut), "what Authgear said since is newer")
    }

    @Test(
        arguments: [
            (.unreachable, .authgearUnreachable), (.timedOut, .authgearTimedOut),
            (.overloaded, .authgearOverloaded), (.refused, .authgearRefused),
        ] as [(AuthgearFailure, UnknownReason)])
    func `while Authgear can't say it serves for user_max_stale`(failure: AuthgearFailure, reason: UnknownReason) {
        var desk = Self.desk()
        desk.authgear = .unknown(failure)
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        desk.pass(.seconds(100))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.questions.count == 1, "the first one waits, for nobody has asked yet")
        #expect(desk.takeQuestions().count == 1, "and others are asked about in the background, once a second")
        for _ in 0..<3 { #expect(desk.ask(cookies: Self.cookies) == Desk.valid) }
        #expect(desk.takeQuestions().isEmpty)
        desk.pass(.seconds(1) + .microseconds(1))
        for _ in 0..<3 { #expect(desk.ask(cookies: Self.cookies) == Desk.valid) }
        #expect(desk.questions.count == 1)
        #expect(desk.takeQuestions().count == 1)
        desk.pass(.seconds(199) - .microseconds(1))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        desk.pass(.microseconds(1))
        #expect(desk.ask(cookies: Self.cookies) == Desk.unknown(reason))
    }

    @Test func `a failure in the background lets it serve on, and none at all without user_max_stale`() {
        for (stale, serves) in [(Duration.seconds(300), true), (.zero, false)] {
            var desk = Self.desk(rules: AuthgearRules(timeout: .seconds(2), userMaximumStale: stale))
            desk.pass(Self.lifetime)
            desk.lose(Desk.userKey)
            for asked in desk.takeQuestions() {
                desk.resolver.conclude(asked, with: .unknown(.unreachable), now: desk.moment)
            }
            desk.pass(.seconds(10))
            let lines = desk.ask(cookies: Self.cookies)
            #expect(lines == (serves ? Desk.valid : Desk.unknown(.authgearUnreachable)))
            #expect(desk.questions.isEmpty == serves)
        }
    }

    @Test func `another user's name in the background is no answer`() {
        var desk = Self.desk()
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        for asked in desk.takeQuestions() {
            desk.resolver.conclude(asked, with: .valid(Self.identity("another")), now: desk.moment)
        }
        desk.pass(.seconds(10))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
    }

    @Test(arguments: [false, true])
    func `one that is invalid in the background ends what is remembered at once`(isTouch: Bool) {
        var desk = Self.desk()
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        if isTouch {
            // The session was last used longer ago than `touch`.
            desk.pass(.seconds(1))
            desk.store[Desk.sessionKey] = Desk.session(lastAccess: desk.now - .seconds(7_200))
            desk.resolver.recordChanged(Array(Desk.sessionKey.utf8), now: desk.moment)
            _ = desk.takeQuestions()
            #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        }
        let questions = desk.takeQuestions().filter { !isTouch || $0.purpose == .touch }
        #expect(questions.count == 1)
        for asked in questions { desk.resolver.conclude(asked, with: .invalid, now: desk.moment) }
        desk.authgear = .invalid
        #expect(desk.ask(cookies: Self.cookies) == Desk.invalid)
        #expect(desk.questions.count == 1)
    }

    // MARK: What is no end

    /// What happens to a record that Authgear then can't be asked about; nobody may be valid by it.
    static let purges: [(String, @Sendable (inout Desk) -> Void)] = [
        (
            "it goes before its end",
            { desk in
                desk.pass(lifetime - .microseconds(1))
                desk.lose(Desk.userKey)
            }
        ),
        (
            "it goes before its end, and that is heard in time, but by somebody who tells of it late",
            { desk in
                desk.pass(lifetime - .microseconds(1))
                let heard = desk.moment.steady
                desk.pass(.milliseconds(100))
                desk.store[Desk.userKey] = .missing
                desk.resolver.recordChanged(Array(Desk.userKey.utf8).span.bytes, heard: heard, now: desk.moment)
            }
        ),
        (
            "it is gone before its end, which is not told yet",
            { desk in
                desk.pass(lifetime - .seconds(1))
                desk.store[Desk.userKey] = .missing
                desk.resolver.recordChanged(Array(Desk.sessionKey.utf8), now: desk.moment)
            }
        ),
        (
            "it ends, is written again and purged",
            { desk in
                desk.pass(lifetime)
                desk.lose(Desk.userKey)
                desk.resolver.recordChanged(Array(Desk.userKey.utf8), now: desk.moment)
            }
        ),
        (
            "it ends, and the other record is purged",
            { desk in
                desk.pass(lifetime)
                desk.lose(Desk.userKey)
                desk.resolver.recordChanged(Array(Desk.bearerUserKey.utf8), now: desk.moment)
            }
        ),
        (
            "nothing tells of changes for a while before its end",
            { desk in
                desk.pass(.seconds(10))
                desk.resolver.distrustSessions()
                desk.resolver.trustSessions(until: .max)
                desk.pass(lifetime)
                desk.lose(Desk.userKey)
            }
        ),
        (
            "it ends while nothing tells of changes",
            { desk in
                desk.resolver.trustSessions(until: desk.moment.steady)
                desk.pass(lifetime)
                desk.lose(Desk.userKey)
            }
        ),
    ]

    @Test(arguments: purges.indices)
    func `a record that was purged, or may have been, never serves on`(number: Int) {
        var desk = Self.desk()
        Self.purges[number].1(&desk)
        #expect(desk.takeQuestions().allSatisfy { $0.purpose == .user })
        #expect(desk.ask(cookies: Self.cookies) == Desk.unknown(.authgearUnreachable), "\(Self.purges[number].0)")
        #expect(desk.questions.count == 1)
    }

    @Test(arguments: [false, true])
    func `an older record does not come back after a newer one was read`(isDisabled: Bool) {
        var desk = Self.desk()
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        for asked in desk.takeQuestions() {
            desk.resolver.conclude(asked, with: .unknown(.unreachable), now: desk.moment)
        }
        // Authgear writes another one while nothing tells of changes.
        desk.resolver.distrustSessions()
        desk.resolver.trustSessions(until: .min)
        desk.store[Desk.userKey] = Desk.user(isDisabled: isDisabled, roles: ["new"])
        #expect(desk.ask(cookies: Self.cookies).contains("x-authgear-user-roles: new") != isDisabled)
        desk.store[Desk.userKey] = .missing
        desk.resolver.trustSessions(until: .max)
        #expect(desk.ask(cookies: Self.cookies) == Desk.unknown(.authgearUnreachable))
    }

    @Test func `while it serves on, an answer is kept for a second at most, and ends when a record comes`() {
        var desk = Self.desk()
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        _ = desk.takeQuestions()
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        desk.forgetAsked()
        for _ in 0..<3 { #expect(desk.ask(cookies: Self.cookies) == Desk.valid) }
        #expect(desk.asked.isEmpty)
        for key in [Desk.userKey, Desk.bearerUserKey] {
            desk = Self.desk()
            desk.pass(Self.lifetime)
            desk.lose(Desk.userKey)
            #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
            desk.store[key] = Desk.user(roles: ["new"])
            desk.resolver.recordChanged(Array(key.utf8), now: desk.moment)
            #expect(desk.ask(cookies: Self.cookies).contains("x-authgear-user-roles: new"))
        }
        desk = Self.desk()
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        desk.forgetAsked()
        desk.pass(.seconds(1) + .microseconds(1))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.asked.contains(Desk.userKey))
    }

    @Test func `a record that another process had written meanwhile is not asked for`() {
        var desk = Self.desk()
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        desk.store[Desk.userKey] = Desk.user(roles: ["new"])
        desk.resolver.recordChanged(Array(Desk.userKey.utf8), now: desk.moment)
        #expect(desk.takeQuestions().isEmpty)
    }

    @Test func `what another event loop hears of a credential ends it here, too`() {
        var desk = Self.desk()
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        let questions = desk.takeQuestions()
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        for asked in questions { desk.resolver.forget(asked, now: desk.moment) }
        desk.authgear = .invalid
        #expect(desk.ask(cookies: Self.cookies) == Desk.invalid)
    }

    @Test func `where nobody may know when a record ends each end is a purge`() {
        var desk = Self.desk(endsInStore: false)
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        #expect(desk.ask(cookies: Self.cookies) == Desk.unknown(.authgearUnreachable))
    }

    @Test func `the other record of the user's may change and end before`() {
        var desk = Self.desk()
        desk.pass(.seconds(290))
        desk.lose(Desk.bearerUserKey)
        desk.pass(.seconds(10))
        desk.lose(Desk.userKey)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.questions.isEmpty)
    }

    @Test func `the record that a token brought serves on as well`() {
        var desk = Self.desk(key: Desk.bearerUserKey)
        desk.pass(Self.lifetime)
        desk.lose(Desk.bearerUserKey)
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.questions.isEmpty)
    }

    @Test func `a feed that breaks after the end was told changes nothing`() {
        var desk = Self.desk()
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        desk.resolver.distrustSessions()
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        #expect(desk.questions.isEmpty)
    }

    @Test func `a record whose account status turns stale is never used again`() {
        var desk = Self.desk(staleFrom: Desk.now + .seconds(301))
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        desk.pass(.milliseconds(999))
        #expect(desk.ask(cookies: Self.cookies) == Desk.valid)
        desk.pass(.milliseconds(1))
        #expect(desk.ask(cookies: Self.cookies) == Desk.unknown(.authgearUnreachable))

        desk = Self.desk(staleFrom: Desk.now + .seconds(100))
        desk.pass(.seconds(100))
        #expect(desk.ask(cookies: Self.cookies) == Desk.unknown(.authgearUnreachable))
    }

    @Test func `without Authgear nothing is kept`() {
        var desk = Desk(store: [Desk.sessionKey: Desk.session()])
        desk.store[Desk.userKey] = Desk.user().ending(at: desk.moment.steady(after: Self.lifetime))
        desk.resolver.trustSessions(until: .max)
        for _ in 0..<2 { #expect(desk.ask(cookies: Self.cookies) == Desk.valid) }
        desk.pass(Self.lifetime)
        desk.lose(Desk.userKey)
        #expect(desk.ask(cookies: Self.cookies) == Desk.unknown(.userMissing))
        #expect(desk.takeQuestions().isEmpty)
    }
}
