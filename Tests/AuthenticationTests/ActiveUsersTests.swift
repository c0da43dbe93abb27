import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// A thousand active users whose records end every five minutes, with a resolver, the queue of questions and a clock, and
/// nothing of the machine's: who waits for Authgear can be counted (contract section 10, case 1).
struct ActiveUsersTests {
    /// - Parameters:
    ///   - seconds: within which all of them come for the first time, so that their records end as close together.
    ///   - delay: what Authgear takes to answer, in milliseconds.
    @Test(arguments: [(0, 50), (3, 50), (300, 50), (300, 500)])
    func `each of them waits for Authgear at the first request, and never again`(within seconds: Int, delay: Int) {
        var life = BusyLife(users: 1_000, comingWithin: seconds, delay: delay)
        life.run(seconds: 700)
        #expect(life.waited == 1_000)
        #expect(life.wrong == 0)
        #expect(life.ended > 1_000)
        #expect(life.askedInBackground >= life.ended)
        #expect(life.askedInBackground < life.ended * 2, "again only when a question had to be given up")
    }
}

/// Steps of a millisecond: what happens in one, happens in the order in which it was planned.
private struct BusyLife: ~Copyable {
    private enum Event {
        case request(user: Int)
        case end(user: Int)
        case answer(AuthgearQuestion, user: Int)
    }

    private static let lifetime = 300_000
    /// Between two requests of a user.
    private static let pause = 10_000
    /// Between two ticks of an event loop.
    private static let tick = 500

    private var desk = Desk(
        store: [:], caches: CacheBound(entries: 100_000, bytes: 64 << 20),
        asking: AuthgearRules(timeout: .seconds(2), userMaximumStale: .seconds(300)))
    private var queue = QuestionQueue<AuthgearQuestion, BackgroundQuestion>(
        .init(connections: 16, waiting: 256, timeout: 2_000_000_000))
    private var agenda: [Int: [Event]] = [:]
    private var time = 0
    private let delay: Int
    private let start: Timestamp
    /// By what the question is about.
    private var users: [AuthgearQuestion: Int] = [:]

    /// Requests that waited for Authgear.
    private(set) var waited = 0
    /// Answers that were not the user's.
    private(set) var wrong = 0
    private(set) var askedInBackground = 0
    /// Records that have ended, but for those of the last second.
    private(set) var ended = 0
    private var duration = 0

    init(users count: Int, comingWithin seconds: Int, delay: Int) {
        self.delay = delay
        start = desk.now
        desk.resolver.trustSessions(until: .max)
        var generator = SeededGenerator(seed: 7)
        for user in 0..<count {
            desk.store[Self.sessionKey(user)] = Desk.session(user: Self.name(user), secret: "\(user).secret")
            plan(.request(user: user), in: Int.random(in: 0...seconds * 1_000, using: &generator))
        }
        perform(queue.start(now: desk.moment.steady))
    }

    private static func name(_ user: Int) -> String { "u\(user)" }
    private static func sessionKey(_ user: Int) -> String { "app:my-project:session:\(user)" }
    private static func userKey(_ user: Int) -> String { "app:my-project:userinfo:u\(user):__greatest__" }

    private static func identity(_ user: Int) -> Identity {
        Identity(userID: Array(name(user).utf8), claims: IdentityClaims(), authenticatedAt: nil)
    }

    mutating func run(seconds: Int) {
        duration = seconds * 1_000
        while time < duration {
            desk.now = start + .milliseconds(time)
            for event in agenda.removeValue(forKey: time) ?? [] { perform(event) }
            if time % Self.tick == 0 { desk.resolver.askAboutEndedUsers(now: desk.moment) }
            askInBackground()
            if let due = queue.wakeAt, due <= desk.moment.steady { perform(queue.timePassed(now: desk.moment.steady)) }
            time += 1
        }
    }

    private mutating func plan(_ event: Event, in milliseconds: Int) {
        agenda[time + milliseconds, default: []].append(event)
    }

    private mutating func perform(_ event: Event) {
        switch event {
        case .request(let user):
            come(user)
            plan(.request(user: user), in: Self.pause)
        case .end(let user):
            if time < duration - 1_000 { ended += 1 }
            desk.store[Self.userKey(user)] = nil
            desk.resolver.recordChanged(Array(Self.userKey(user).utf8), now: desk.moment)
        case .answer(let question, let user):
            write(user)
            let answer = QuestionResult.answer(
                200, ["x-authgear-session-valid": "true", "x-authgear-user-id": Self.name(user)])
            perform(queue.ended(question, with: answer, now: desk.moment.steady))
        }
    }

    /// A user's request; when it has to ask Authgear, the answer is there at once.
    private mutating func come(_ user: Int) {
        desk.forgetAsked()
        desk.authgear = .valid(Self.identity(user))
        let (key, end) = (Self.userKey(user), desk.moment.steady(after: .milliseconds(Self.lifetime)))
        desk.whenAsked = { store in store[key] = Desk.user().ending(at: end) }
        let lines = desk.ask(cookies: ["session=\(user).secret"])
        if !lines.contains("x-authgear-user-id: \(Self.name(user))") { wrong += 1 }
        guard let question = desk.questions.first else { return }
        waited += 1
        users[question] = user
        plan(.end(user: user), in: Self.lifetime)
    }

    /// What Authgear does when it is asked: its record lives on when there is one.
    private mutating func write(_ user: Int) {
        let key = Self.userKey(user)
        guard desk.store[key] == nil else { return }
        desk.store[key] = Desk.user().ending(at: desk.moment.steady(after: .milliseconds(Self.lifetime)))
        desk.resolver.recordChanged(Array(key.utf8), now: desk.moment)
        plan(.end(user: user), in: Self.lifetime)
    }

    private mutating func askInBackground() {
        for asked in desk.resolver.takeBackgroundQuestions() {
            askedInBackground += 1
            perform(queue.asked(asked.question, by: asked, isBackground: true, now: desk.moment.steady))
        }
    }

    private mutating func perform(_ actions: QuestionQueue<AuthgearQuestion, BackgroundQuestion>.Actions) {
        for (question, _) in actions.sends {
            guard let user = users[question] else { preconditionFailure("nobody's question") }
            plan(.answer(question, user: user), in: delay)
        }
        for (asked, reply) in actions.replies { desk.resolver.conclude(asked, with: reply, now: desk.moment) }
        if actions.probe != nil { perform(queue.probeEnded(.there, now: desk.moment.steady)) }
    }
}
