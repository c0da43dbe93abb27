import Authentication
import Testing

/// What is asked, and what is not, while Authgear fails.
struct QuestionBreakerTests {
    private static let failures: [QuestionResult] = [
        .unreachable, .failed(.timedOut), .answer(500), .answer(404), .busy(503), .busy(429), .failed(.refused),
        .answer(302), .answer(200, ["x-authgear-session-valid": "true"]),
    ]

    @Test func `whether Authgear is there is asked once at the start`() {
        let trial = QuestionTrial()
        trial.start()
        #expect(trial.probes == [0])
        trial.pass(0.5)
        trial.answerProbe()
        trial.pass(100)
        #expect(trial.probes == [0] && !trial.isFailing)
    }

    @Test func `while it is not there it is asked for each second`() {
        let trial = QuestionTrial(timeout: 2)
        trial.start()
        trial.answerProbe(.unreachable)
        #expect(trial.isFailing)
        trial.pass(1)
        // Without a credential it can't know a session.
        trial.answerProbe(.invalid)
        trial.pass(1)
        #expect(trial.probes == [0, 1, 2])
        trial.pass(2)
        #expect(trial.probes == [0, 1, 2, 4], "one at a time")
        trial.answerProbe()
        #expect(!trial.isFailing)
        trial.pass(10)
        #expect(trial.probes == [0, 1, 2, 4])
    }

    @Test func `a question that failed has it asked for a second later, unless another succeeds`() {
        let trial = QuestionTrial()
        trial.ask("u1")
        trial.answer("u1", .unreachable)
        #expect(trial.isFailing)
        trial.pass(0.9)
        #expect(trial.probes.isEmpty)
        trial.ask("u2")
        trial.answer("u2", .valid)
        trial.pass(5)
        #expect(trial.probes.isEmpty && !trial.isFailing)
        trial.ask("u3")
        trial.answer("u3", .unreachable)
        trial.pass(1)
        #expect(trial.probes.count == 1)
    }

    @Test func `failures to find out whether it is there open no breaker`() {
        let trial = QuestionTrial()
        trial.start()
        for _ in 0..<20 {
            trial.answerProbe(.unreachable)
            trial.pass(1)
        }
        #expect(!trial.isBreakerOpen)
        trial.ask("u1")
        #expect(trial.names == ["u1"])
    }

    @Test(arguments: failures)
    func `after five failures in a row the others fail at once, and one attempt a second is made`(
        result: QuestionResult
    ) {
        let trial = QuestionTrial()
        for number in 1...5 {
            #expect(!trial.isBreakerOpen)
            trial.ask("u\(number)")
            trial.answer("u\(number)", result)
        }
        #expect(trial.isBreakerOpen)
        for number in 6...60 {
            trial.ask("u\(number)")
            #expect(trial.reply("u\(number)") == "overloaded")
            trial.pass(0.1)
            if trial.isProbing { trial.answerProbe(.unreachable) }
        }
        #expect(trial.log.count == 5)
        #expect(trial.probes == [1, 2, 3, 4, 5])
        trial.pass(1)
        trial.answerProbe()
        #expect(!trial.isBreakerOpen)
        trial.ask("u61")
        #expect(trial.names == ["u61"])
    }

    @Test(arguments: [QuestionResult.valid, .invalid, .there])
    func `an answer ends the row`(result: QuestionResult) {
        let trial = QuestionTrial()
        for number in 1...20 {
            trial.ask("u\(number)")
            trial.answer("u\(number)", number.isMultiple(of: 5) ? result : .unreachable)
        }
        #expect(!trial.isBreakerOpen)
    }

    @Test func `an answer to what was sent before the breaker opened closes it`() {
        let trial = QuestionTrial(connections: 6)
        for number in 1...6 { trial.ask("u\(number)") }
        for number in 1...5 { trial.answer("u\(number)", .unreachable) }
        #expect(trial.isBreakerOpen)
        trial.answer("u6", .valid)
        #expect(!trial.isBreakerOpen && !trial.isFailing)
    }

    @Test func `when the breaker opens, who waits is told at once`() {
        let trial = QuestionTrial(connections: 5)
        for number in 1...10 { trial.ask("u\(number)") }
        for number in 1...4 { trial.answer("u\(number)", .unreachable) }
        #expect(trial.waiting == 1 && !trial.isBreakerOpen)
        trial.answer("u5", .unreachable)
        #expect(trial.isBreakerOpen)
        #expect(trial.reply("u10") == "overloaded")
        #expect(trial.names == ["u6", "u7", "u8", "u9"])
    }

    @Test func `a stranger's refusals are the stranger's, as long as Authgear is there`() {
        let trial = QuestionTrial()
        trial.start()
        trial.answerProbe()
        for number in 1...5 {
            trial.ask("n\(number)")
            trial.answer("n\(number)", .answer(403))
        }
        #expect(trial.isBreakerOpen && !trial.isFailing)
        trial.ask("n6")
        #expect(trial.reply("n6") == "overloaded")
        trial.ask("u1")
        #expect(trial.names == ["u1"])
        trial.pass(1)
        trial.answerProbe()
        #expect(!trial.isBreakerOpen)
        trial.ask("n7")
        #expect(trial.names == ["u1", "n7"])
    }

    @Test func `when it is not there, a stranger's refusals are everybody's`() {
        let trial = QuestionTrial()
        trial.start()
        trial.answerProbe(.answer(404))
        for number in 1...5 {
            trial.ask("n\(number)")
            trial.answer("n\(number)", .answer(404))
        }
        trial.ask("u1")
        #expect(trial.reply("u1") == "overloaded")
    }

    @Test(arguments: [(429, 5, 5.0), (503, 5, 5), (503, 31, 30), (429, 99_999, 30), (503, 0, 0)])
    func `Retry-After is kept to, up to 30 seconds`(status: Int, seconds: Int, pause: Double) {
        let trial = QuestionTrial(timeout: 2)
        trial.ask("u1")
        trial.answer("u1", .busy(status, pause: seconds))
        #expect(trial.reply("u1") == "overloaded")
        var number = 2
        while trial.log.count == 1, trial.time < 40 {
            trial.ask("u\(number)")
            number += 1
            if trial.log.count == 1 { trial.pass(0.25) }
        }
        #expect(trial.log.last.map(\.at) == pause)
        #expect(trial.probes.allSatisfy { $0 >= pause })
        #expect((trial.reply("u2") == "overloaded") == (pause > 2), "who can't be in time does not wait")
    }

    @Test func `who can be in time waits for the end of a pause`() {
        let trial = QuestionTrial(timeout: 2)
        trial.ask("u1")
        trial.answer("u1", .busy(503, pause: 1))
        trial.ask("u2")
        trial.ask("n1")
        #expect(trial.waiting == 2)
        trial.pass(1)
        #expect(trial.isProbing)
        #expect(trial.names == ["u2", "n1"])
    }

    @Test func `when a pause begins, who can't be in time is told at once`() {
        let trial = QuestionTrial(connections: 1, timeout: 2)
        for name in ["u1", "u2", "n1"] { trial.ask(name) }
        trial.answer("u1", .busy(503, pause: 10))
        #expect(trial.reply("u2") == "overloaded" && trial.reply("n1") == "overloaded")
    }
}
