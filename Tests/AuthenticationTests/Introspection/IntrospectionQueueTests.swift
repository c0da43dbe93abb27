import Authentication
import Bytes
import JOSE
import Testing

/// What is sent when, at the pace at which introspection endpoints are asked (contract section 19).
struct IntrospectionQueueTests {
    private static let second: Int64 = 1_000_000_000

    /// Steps a queue by hand. Questions about tokens that were valid before begin with `u`.
    struct Trial: ~Copyable {
        var queue: QuestionQueue<ClaimsQuestion, String>
        var now: Int64 = 5_000 * IntrospectionQueueTests.second
        var sent: [String] = []
        var replies: [String] = []
        var probes = 0

        init(connections: Int = 4, waiting: Int = 8, checks: Bool = false) {
            queue = QuestionQueue(
                .init(
                    connections: connections, waiting: waiting, timeout: IntrospectionQueueTests.second / 2,
                    pace: .plain(checks: checks)))
        }

        static func question(_ name: String) -> ClaimsQuestion {
            let token = Array(name.utf8)
            return ClaimsQuestion(
                about: token, digest: SHA256Digest(of: token.span.bytes), of: AskedServer(.introspection, of: 1),
                wasValid: name.hasPrefix("u"))
        }

        mutating func start() { perform(queue.start(now: now)) }

        mutating func ask(_ names: String..., isBackground: Bool = false) {
            for name in names {
                perform(queue.asked(Self.question(name), by: name, isBackground: isBackground, now: now))
            }
        }

        mutating func answer(_ name: String, _ result: ClaimsResult) {
            sent.removeAll { $0 == name }
            perform(queue.ended(Self.question(name), with: result, now: now))
        }

        mutating func answerProbe(_ result: ClaimsResult) { perform(queue.probeEnded(result, now: now)) }

        /// Lets time pass, without an end of what is sent.
        mutating func pass(_ seconds: Double) {
            let end = now + Int64(seconds * 1e9)
            while let moment = queue.wakeAt, moment <= end {
                now = max(now, moment)
                perform(queue.timePassed(now: now))
            }
            now = end
        }

        mutating func takeReplies() -> [String] {
            defer { replies = [] }
            return replies
        }

        private mutating func perform(_ actions: QuestionQueue<ClaimsQuestion, String>.Actions) {
            if actions.probe != nil { probes += 1 }
            sent += actions.sends.map { String(decoding: $0.question.value, as: UTF8.self) }
            replies += actions.replies.map { asker, reply in
                switch reply {
                case .active: "\(asker) active"
                case .inactive: "\(asker) inactive"
                case .unknown(let failure): "\(asker) \(failure)"
                }
            }
        }
    }

    static func answer(_ body: String, status: Int = 200, after seconds: Int? = nil) -> ClaimsResult {
        .answered(
            ClaimsAnswer(
                status: status, fields: seconds.map { [(name: "Retry-After", value: "\($0)")] } ?? [],
                body: Array(body.utf8), askedAt: 0))
    }

    private static let active = answer(#"{"active":true}"#)
    private static let inactive = answer(#"{"active":false}"#)

    @Test func `all connections are used, no more, and a token is asked about once at a time`() {
        var trial = Trial()
        trial.ask("u1", "u2", "u3", "u4", "u5", "u1")
        #expect(trial.sent == ["u1", "u2", "u3", "u4"])
        trial.answer("u1", Self.inactive)
        #expect(trial.takeReplies() == ["u1 inactive", "u1 inactive"])
        #expect(trial.sent == ["u2", "u3", "u4", "u5"])
    }

    @Test(arguments: [1: 1, 2: 2, 4: 3, 64: 48]) func `a quarter is kept from strangers' tokens`(
        connections: Int, share: Int
    ) {
        var trial = Trial(connections: connections, waiting: 128)
        for number in 0..<connections + 1 { trial.ask("n\(number)") }
        #expect(trial.sent == (0..<share).map { "n\($0)" })
        trial.ask("u1")
        #expect(trial.sent.contains("u1") == (share < connections))
        trial.answer("n0", Self.inactive)
        #expect(trial.sent.contains("u1") && trial.sent.count == min(share + 1, connections))
    }

    @Test func `what was valid a moment ago goes first, and is the last to leave`() {
        var trial = Trial(connections: 1, waiting: 3)
        trial.ask("n1", "n2", "n3", "u1", "u2")
        #expect(trial.takeReplies() == ["n3 overloaded"])
        for next in ["n1", "u1", "u2", "n2"] {
            #expect(trial.sent == [next])
            trial.answer(next, Self.inactive)
        }
    }

    @Test func `a flood of inactive tokens slows nobody down`() {
        var trial = Trial()
        for number in 0..<100 {
            trial.ask("n\(number)")
            trial.answer("n\(number)", Self.inactive)
        }
        #expect(trial.takeReplies().allSatisfy { $0.hasSuffix(" inactive") })
        trial.ask("n")
        #expect(trial.sent == ["n"])
    }

    static let failures: [ClaimsResult] = [
        .failed(.unreachable), .failed(.timedOut), .failed(.unreadable), answer("", status: 500),
        answer("", status: 503), answer("<html>"),
    ]

    @Test(arguments: failures) func `after five failures in a row one a second is sent, and the others fail at once`(
        failure: ClaimsResult
    ) {
        var trial = Trial()
        for number in 0..<5 {
            trial.ask("n\(number)")
            trial.answer("n\(number)", failure)
        }
        _ = trial.takeReplies()
        trial.ask("n5")
        #expect(trial.takeReplies() == ["n5 overloaded"])
        trial.pass(1)
        trial.ask("n6", "n7")
        #expect(trial.sent == ["n6"])
        #expect(trial.takeReplies() == ["n7 overloaded"])
        trial.answer("n6", failure)
        trial.ask("n8")
        #expect(trial.takeReplies() == ["n6 \(Self.words(failure))", "n8 overloaded"])
        trial.pass(1)
        trial.ask("n9")
        trial.answer("n9", Self.active)
        trial.ask("n10", "n11")
        #expect(trial.sent == ["n10", "n11"])
    }

    private static func words(_ result: ClaimsResult) -> String {
        if case .unknown(let failure) = result.reply { "\(failure)" } else { "" }
    }

    @Test func `what only strangers' tokens are refused for keeps nobody else from being asked`() {
        var trial = Trial()
        for number in 0..<5 {
            trial.ask("n\(number)")
            trial.answer("n\(number)", Self.answer("", status: 400))
        }
        trial.ask("u1")
        #expect(trial.sent == ["u1"])
    }

    @Test(arguments: [429, 503]) func `Retry-After is kept to, by all`(status: Int) {
        var trial = Trial()
        trial.ask("n1")
        trial.answer("n1", Self.answer("", status: status, after: 3))
        trial.ask("n2", "u1")
        trial.pass(2)
        trial.ask("n3")
        #expect(trial.sent.isEmpty)
        #expect(trial.takeReplies() == ["n1 overloaded", "n2 overloaded", "u1 overloaded", "n3 overloaded"])
        trial.pass(1)
        trial.ask("n4", "u2")
        #expect(trial.sent == ["n4", "u2"])
    }

    static let floods: [ClaimsResult] = [
        answer("", status: 429, after: 30), answer("", status: 503, after: 30), answer("", status: 503),
        .failed(.timedOut), .failed(.unreachable),
    ]

    @Test(arguments: floods) func `what a flood of strangers' tokens draws is theirs while others are answered`(
        failure: ClaimsResult
    ) {
        var trial = Trial()
        trial.ask("u1")
        trial.answer("u1", Self.active)
        for _ in 0..<3 {
            trial.ask("n1", "n2")
            for name in trial.sent { trial.answer(name, failure) }
        }
        _ = trial.takeReplies()
        trial.ask("n3", "u2")
        trial.ask("u3", isBackground: true)
        #expect(trial.takeReplies() == ["n3 overloaded"])
        #expect(trial.sent == ["u2", "u3"])
        // Once they fail as well, it is the server.
        for number in 0..<5 {
            trial.ask("u1\(number)")
            trial.answer("u1\(number)", failure)
        }
        _ = trial.takeReplies()
        trial.ask("u4")
        #expect(trial.takeReplies() == ["u4 overloaded"])
    }

    @Test(arguments: floods) func `before anybody was called active, what strangers' tokens draw is everybody's`(
        failure: ClaimsResult
    ) {
        for (answer, isProof) in [(Self.inactive, false), (Self.active, true)] {
            var trial = Trial()
            trial.ask("n")
            trial.answer("n", answer)
            for number in 0..<5 {
                trial.ask("n\(number)")
                for name in trial.sent { trial.answer(name, failure) }
            }
            _ = trial.takeReplies()
            trial.ask("u1")
            #expect(trial.takeReplies() == (isProof ? [] : ["u1 overloaded"]))
            #expect(trial.sent == (isProof ? ["u1"] : []))
        }
    }

    @Test func `strangers' tokens take no other's attempt`() {
        var trial = Trial()
        for number in 0..<5 {
            trial.ask("u\(number)")
            trial.answer("u\(number)", Self.answer("", status: 500))
        }
        trial.pass(1)
        trial.ask("n1", "n2", "u5", "u6")
        #expect(trial.sent == ["n1", "u5"])
        trial.answer("n1", Self.answer("", status: 400))
        trial.answer("u5", Self.active)
        trial.ask("u7")
        #expect(trial.sent == ["u7"])
    }

    @Test func `a token that no field can carry is not called invalid`() {
        var trial = Trial()
        let token: [UInt8] = [0xE9]
        let question = ClaimsQuestion(
            about: token, digest: SHA256Digest(of: token.span.bytes), of: AskedServer(.userinfo, of: 1))
        let actions = trial.queue.asked(question, by: "n1", now: trial.now)
        #expect(actions.sends.isEmpty)
        guard case .unknown(.refused)? = actions.replies.first?.reply else {
            Issue.record("it is not told that nobody knows")
            return
        }
    }

    @Test func `a pause is kept to for 30 s at most`() {
        var trial = Trial()
        trial.ask("n1")
        trial.answer("n1", Self.answer("", status: 429, after: 3_600))
        trial.pass(29.4)
        trial.ask("n2")
        #expect(trial.sent.isEmpty)
        trial.pass(0.6)
        trial.ask("n3")
        #expect(trial.sent == ["n3"])
    }

    @Test func `what waits for too long ends, and is never sent`() {
        var trial = Trial(connections: 1)
        trial.ask("n1", "n2")
        trial.pass(0.5)
        #expect(trial.takeReplies() == ["n2 timedOut"])
        trial.answer("n1", .failed(.timedOut))
        #expect(trial.sent.isEmpty)
    }

    @Test func `nothing is asked that nobody has asked`() {
        var trial = Trial()
        trial.start()
        trial.ask("n1")
        trial.answer("n1", .failed(.unreachable))
        trial.pass(600)
        #expect(trial.probes == 0)
        #expect(trial.sent.isEmpty)
    }

    // The token of our own.

    @Test func `it is asked about at the start, and each five minutes`() {
        var trial = Trial(checks: true)
        trial.start()
        #expect(trial.probes == 1)
        trial.answerProbe(Self.active)
        trial.pass(299)
        #expect(trial.probes == 1)
        trial.pass(1)
        #expect(trial.probes == 2)
    }

    @Test func `before it was, and while it is called inactive, inactive says nothing`() {
        var trial = Trial(checks: true)
        trial.start()
        trial.ask("n1")
        trial.answer("n1", Self.inactive)
        trial.answerProbe(Self.inactive)
        trial.ask("n2", "u1")
        trial.answer("n2", Self.inactive)
        trial.answer("u1", Self.active)
        #expect(trial.takeReplies() == ["n1 refused", "n2 refused", "u1 active"])
        trial.pass(300)
        #expect(trial.probes == 2)
        trial.answerProbe(Self.active)
        trial.ask("n3")
        trial.answer("n3", Self.inactive)
        #expect(trial.takeReplies() == ["n3 inactive"])
    }

    @Test func `where none is had, inactive is believed, unless it was in doubt before`() {
        var trial = Trial(checks: true)
        trial.start()
        trial.answerProbe(.failed(.refused))
        trial.ask("n1")
        trial.answer("n1", Self.inactive)
        trial.pass(300)
        trial.answerProbe(Self.inactive)
        trial.pass(300)
        trial.answerProbe(.failed(.unreachable))
        trial.ask("n2")
        trial.answer("n2", Self.inactive)
        #expect(trial.takeReplies() == ["n1 inactive", "n2 refused"])
    }

    @Test func `a minute of nothing but inactive is a reason to ask, and an active token among them is not`() {
        var trial = Trial(checks: true)
        trial.start()
        trial.answerProbe(Self.active)
        trial.ask("n1")
        trial.answer("n1", Self.inactive)
        trial.pass(59)
        trial.ask("u1", "n2")
        trial.answer("u1", Self.active)
        trial.answer("n2", Self.inactive)
        trial.pass(59)
        #expect(trial.probes == 1)
        trial.pass(1)
        #expect(trial.probes == 2)
    }
}
