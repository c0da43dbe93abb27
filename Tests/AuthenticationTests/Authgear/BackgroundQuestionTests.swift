import Authentication
import Testing

/// What no request waits for takes nothing from those that do wait (contract section 10).
struct BackgroundQuestionTests {
    @Test func `in the background half of the connections are used, and only while nobody waits`() {
        let trial = QuestionTrial(connections: 4, waiting: 100)
        for number in 1...5 { trial.ask("b\(number)") }
        #expect(trial.names == ["b1", "b2"])
        for number in 1...4 { trial.ask("u\(number)") }
        #expect(trial.names == ["b1", "b2", "u1", "u2"])
        trial.answer("b1", .valid)
        trial.answer("b2", .valid)
        #expect(trial.names == ["u1", "u2", "u3", "u4"])
        trial.answer("u1", .valid)
        #expect(trial.names == ["u2", "u3", "u4", "b3"])
    }

    @Test func `in a full queue the background gives way`() {
        let trial = QuestionTrial(connections: 2, waiting: 3)
        for number in 1...10 { trial.ask("b\(number)") }
        #expect(trial.names == ["b1"] && trial.waiting == 3 && trial.reply("b10") == "overloaded")
        for name in ["u1", "u2", "n1", "u3"] { trial.ask(name) }
        #expect(trial.names == ["b1", "u1"] && trial.waiting == 3)
        for name in ["b2", "b3", "b4"] { #expect(trial.reply(name) == "overloaded") }
        for name in ["u2", "u3", "n1"] { #expect(trial.reply(name) == nil) }
    }

    @Test func `a question that a request comes to wait for is no longer in the background`() {
        let trial = QuestionTrial(connections: 2, waiting: 100)
        trial.ask("b1")
        trial.ask("b2")
        trial.ask("u1")
        #expect(trial.names == ["b1", "u1"])
        trial.ask("u2")
        trial.ask(QuestionTrial.question("b2"), as: "request")
        trial.answer("u1", .valid)
        trial.answer("b1", .valid)
        #expect(trial.names == ["b2", "u2"], "who waits longest is next")
        trial.answer("b2", .valid)
        #expect(trial.reply("b2") == "valid e307" && trial.reply("request") == "valid e307")
    }

    @Test func `failures in the background say that Authgear is away`() {
        let trial = QuestionTrial(connections: 4, waiting: 100)
        for number in 1...5 {
            trial.ask("b\(number)")
            trial.answer("b\(number)", .unreachable)
        }
        #expect(trial.isBreakerOpen && trial.isFailing)
        trial.ask("b6")
        #expect(trial.reply("b6") == "overloaded")
    }

    @Test(
        arguments: [.busy(429, pause: 30), .busy(503, pause: 30), .answer(403), .failed(.timedOut)] as [QuestionResult])
    func `what comes of a comparison is concluded for comparisons alone`(result: QuestionResult) {
        let trial = QuestionTrial(connections: 4, waiting: 100)
        for number in 1...30 {
            trial.ask("s\(number)")
            if trial.names == ["s\(number)"] { trial.answer("s\(number)", result) }
        }
        #expect(!trial.isBreakerOpen && !trial.isFailing)
        trial.ask("u1")
        trial.ask("n1")
        #expect(trial.names == ["u1", "n1"])
        trial.answer("u1", .valid)
        #expect(trial.reply("u1") == "valid e307")
    }

    @Test func `invalid comparisons don't count as a flood`() {
        let trial = QuestionTrial(connections: 4, waiting: 100)
        for number in 1...50 {
            trial.ask("s\(number)")
            trial.answer("s\(number)", .invalid)
        }
        for number in 1...25 {
            trial.ask("n\(number)")
            trial.answer("n\(number)", .valid)
        }
        #expect(trial.log.count == 75)
    }

    @Test func `comparisons come last, are not repeated, and few of them wait`() {
        let trial = QuestionTrial(connections: 8, waiting: 1_000)
        for number in 1...200 { trial.ask("s\(number)") }
        #expect(trial.names == ["s1", "s2"] && trial.waiting == 64 && trial.reply("s200") == "overloaded")
        trial.ask("s3", as: "again")
        #expect(trial.reply("again") == "overloaded", "whoever asks again would hold his request's credentials, too")
        trial.ask("b1")
        trial.answer("s1", .valid)
        #expect(trial.names == ["s2", "b1", "s3"])
    }
}
