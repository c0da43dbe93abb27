import Authentication
import Fixtures
import Testing

/// Who waits for what, and what is sent when.
struct QuestionQueueTests {
    @Test func `a question is sent at once and its answer is the reply`() {
        let trial = QuestionTrial()
        trial.ask("u1")
        trial.ask("n1")
        #expect(trial.names == ["u1", "n1"])
        trial.answer("n1", .invalid)
        trial.answer("u1", .valid)
        #expect(trial.reply("u1") == "valid e307")
        #expect(trial.reply("n1") == "invalid")
        #expect(trial.isQuiet)
    }

    @Test func `who asks for the same credential waits for the same answer`() {
        let trial = QuestionTrial()
        trial.ask("n1", as: "a")
        trial.ask("n1", as: "b")
        #expect(trial.names == ["n1"])
        trial.answer("n1", .valid)
        #expect([trial.reply("a"), trial.reply("b")] == ["valid e307", "valid e307"])
        trial.ask("n1", as: "c")
        #expect(trial.names == ["n1"], "what was answered is asked again")
    }

    @Test func `what a request can't carry is invalid unasked`() {
        let trial = QuestionTrial()
        trial.ask("u1\r\nCookie: session=a", as: "a")
        #expect(trial.reply("a") == "invalid" && trial.names.isEmpty)
    }

    @Test func `so many are sent at once, so many wait, and more are told at once that it is too much`() {
        let trial = QuestionTrial(connections: 4, waiting: 3)
        for number in 1...8 { trial.ask("u\(number)") }
        #expect(trial.names == ["u1", "u2", "u3", "u4"])
        #expect(trial.waiting == 3)
        #expect(trial.reply("u8") == "overloaded")
        trial.answer("u2", .valid)
        #expect(trial.names == ["u1", "u3", "u4", "u5"], "who waits longest is next")
        trial.ask("u9")
        #expect(trial.reply("u9") == nil)
    }

    @Test func `a question has its time from when it is asked, in the queue and on the way`() {
        let trial = QuestionTrial(connections: 1, timeout: 2)
        trial.ask("u1")
        trial.pass(1)
        trial.ask("u2")
        trial.pass(0.999)
        #expect(trial.reply("u1") == nil)
        trial.pass(0.001)
        #expect(trial.reply("u1") == "timedOut")
        #expect(trial.sent.map(\.deadline) == [QuestionTrial.begin + 3_000_000_000])
        trial.ask("u3")
        trial.pass(1)
        #expect(trial.reply("u2") == "timedOut")
        trial.answerProbe()
        trial.answer("u3", .valid)
        #expect(trial.reply("u3") == "valid e307")
    }

    @Test func `a question that waited for all of its time is never sent`() {
        let trial = QuestionTrial(connections: 2, timeout: 2)
        for name in ["u1", "u2"] { trial.ask(name) }
        trial.pass(0.1)
        for name in ["n1", "n2"] { trial.ask(name) }
        trial.pass(1.8)
        trial.answer("u1", .valid)
        #expect(trial.names == ["u2", "n1"])
        trial.pass(0.3)
        #expect(trial.reply("n1") == "timedOut" && trial.reply("n2") == "timedOut")
        #expect(!trial.log.contains { $0.name == "n2" })
    }

    @Test func `who is sent with little time left says nothing about Authgear when it is up`() {
        let trial = QuestionTrial(connections: 8, waiting: 100, timeout: 2)
        for number in 0..<8 { trial.ask("u\(number)") }
        trial.pass(0.1)
        for number in 8..<16 { trial.ask("u\(number)") }
        trial.pass(1.8)
        for number in 0..<8 { trial.answer("u\(number)", .valid) }
        #expect(trial.names.count == 8)
        trial.pass(0.3)
        #expect(trial.reply("u8") == "timedOut")
        #expect(!trial.isBreakerOpen && !trial.isFailing)
        for number in 16..<21 { trial.ask("u\(number)") }
        trial.pass(2)
        #expect(trial.isBreakerOpen, "five that had all of their time")
    }

    @Test(arguments: ["u", "n"], [0.02, 0.2])
    func `when Authgear hangs nobody waits for long, however many come`(_ kind: String, _ interval: Double) {
        let trial = QuestionTrial(connections: 16, waiting: 1_000, timeout: 2)
        trial.ask("u")
        trial.answer("u", .valid)
        for number in 0..<Int(4 / interval) {
            trial.ask("\(kind)\(number)")
            trial.pass(interval)
        }
        #expect(trial.isBreakerOpen && trial.isFailing)
        trial.ask("\(kind) later")
        #expect(trial.reply("\(kind) later") == "overloaded")
    }

    @Test func `whoever waits when it ends is told, and nobody waits afterwards`() {
        let trial = QuestionTrial(connections: 1)
        trial.start()
        for name in ["u1", "u2", "n1"] { trial.ask(name) }
        trial.stop()
        for name in ["u1", "u2", "n1"] { #expect(trial.reply(name) == "unreachable") }
        trial.ask("u3")
        #expect(trial.reply("u3") == "unreachable")
        trial.answerProbe(.valid)
        trial.answer("u1", .valid)
        #expect(trial.reply("u1") == "unreachable")
        #expect(trial.isQuiet)
    }

    @Test func `an answer to what was not asked changes nothing`() {
        let trial = QuestionTrial()
        trial.answer("u1", .valid)
        trial.answerProbe(.unreachable)
        #expect(trial.replies.isEmpty && !trial.isFailing && trial.probes.isEmpty)
    }

    private static let results: [QuestionResult] = [
        .valid, .valid, .invalid, .invalid, .unreachable, .failed(.timedOut), .answer(500), .answer(404), .busy(429),
        .busy(429, pause: 1), .busy(503, pause: 3), .busy(503), .there,
    ]

    /// Thousands of events in random order: the promises that hold for each of them.
    @Test(arguments: 1...40)
    func `whatever happens, everybody is told once and in time, and the bounds hold`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let connections = Int.random(in: 1...9, using: &random)
        let trial = QuestionTrial(connections: connections, waiting: 6, timeout: 2)
        var askedAt: [String: Double] = [:]
        trial.start()
        for step in 0..<1_500 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                let name = "\(Bool.random(using: &random) ? "u" : "n")\(Int.random(in: 0..<30, using: &random))"
                askedAt["\(step)"] = trial.time
                trial.ask(name, as: "\(step)")
            case 5...7:
                guard let name = trial.names.randomElement(using: &random) else { break }
                // Long good and long bad times, so that every state is reached.
                let isGood = (step / 150).isMultiple(of: 2)
                trial.answer(
                    name, isGood ? Self.results[step % 4] : Self.results.randomElement(using: &random) ?? .valid)
            case 8:
                if trial.isProbing { trial.answerProbe(Self.results.randomElement(using: &random) ?? .there) }
            default: trial.pass(Double.random(in: 0...0.8, using: &random))
            }
        }
        trial.pass(40)
        #expect(trial.sent.isEmpty && trial.waiting == 0)
        #expect(trial.peak.all <= connections)
        #expect(trial.peak.new <= max(connections / 4, 1))
        for (asker, moment) in askedAt {
            #expect(trial.replies[asker]?.count == 1)
            #expect(trial.repliedAt[asker, default: .infinity] <= moment + 2.000_001)
        }
    }
}
