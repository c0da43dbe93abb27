import Authentication
import Testing

/// Made-up credentials take nothing from users (contract section 13).
struct QuestionFloodTests {
    @Test(arguments: [(1, 1), (3, 1), (4, 1), (8, 2), (16, 4), (100, 25)])
    func `credentials that were never valid get a quarter of the connections`(connections: Int, share: Int) {
        let trial = QuestionTrial(connections: connections, waiting: 1_000)
        for number in 0..<200 { trial.ask("n\(number)") }
        #expect(trial.names.count == share)
        trial.ask("u1")
        #expect(trial.names.contains("u1") == (connections > 1))
    }

    @Test func `in a full queue what was never valid gives way`() {
        let trial = QuestionTrial(connections: 4, waiting: 3)
        for number in 1...4 { trial.ask("n\(number)") }
        #expect(trial.names == ["n1"] && trial.waiting == 3)
        for number in 1...5 { trial.ask("u\(number)") }
        #expect(trial.names == ["n1", "u1", "u2", "u3"])
        #expect(trial.reply("n4") == "overloaded" && trial.reply("n3") == "overloaded")
        #expect(trial.reply("n2") == nil)
        trial.ask("n5")
        #expect(trial.reply("n5") == "overloaded")
        trial.ask("u6")
        #expect(trial.reply("n2") == "overloaded")
        trial.ask("u7")
        #expect(trial.reply("u7") == "overloaded")
        #expect(trial.waiting == 3)
    }

    @Test func `with one connection users go first`() {
        let trial = QuestionTrial(connections: 1, waiting: 100)
        for number in 1...20 { trial.ask("n\(number)") }
        trial.ask("u1")
        trial.answer("n1", .invalid)
        #expect(trial.names == ["u1"])
    }

    @Test func `strangers are not kept out by users: who waits longest is next`() {
        let trial = QuestionTrial(connections: 2, waiting: 100)
        for name in ["u1", "u2", "n1", "u3"] { trial.ask(name) }
        trial.answer("u1", .valid)
        #expect(trial.names == ["u2", "n1"])
        trial.ask("n2")
        trial.answer("u2", .valid)
        #expect(trial.names == ["n1", "u3"], "the quarter is in use")
    }

    @Test func `a credential that turns out to have been valid waits with users`() {
        let trial = QuestionTrial(connections: 4, waiting: 100)
        trial.ask("n1")
        trial.ask("n2")
        #expect(trial.names == ["n1"])
        let known = QuestionTrial.question("n2").knowing(wasValid: true)
        trial.ask(known, as: "user")
        #expect(trial.names == ["n1", "n2"])
        trial.answer("n2", .valid)
        #expect(trial.reply("n2") == "valid e307" && trial.reply("user") == "valid e307")
        trial.ask("n3")
        #expect(trial.names == ["n1"], "the stranger's connection is still in use")
    }

    /// Asks about made-up credentials for so many seconds, and answers what is sent at once.
    ///
    /// - Returns: how many were sent in each second.
    private func flood(_ trial: QuestionTrial, seconds: Int, aTick: Int) -> [Int] {
        let start = trial.time
        for tick in 0..<(seconds * 20) {
            for number in 0..<aTick {
                trial.ask("n\(start)-\(tick)-\(number)")
                refuse(trial)
            }
            trial.pass(0.05)
            refuse(trial)
        }
        return (0..<seconds).map { second in
            let span = start + Double(second)..<start + Double(second) + 1
            return trial.log.count { span.contains($0.at) }
        }
    }

    private func refuse(_ trial: QuestionTrial) {
        while let name = trial.names.first(where: { $0.hasPrefix("n") }) { trial.answer(name, .invalid) }
    }

    @Test func `once more than 20 in a second were invalid, 20 a second are asked about`() {
        let trial = QuestionTrial(connections: 16, waiting: 1_000)
        let counts = flood(trial, seconds: 10, aTick: 10)
        #expect(counts == [21] + Array(repeating: 20, count: 9))
        trial.ask("u1")
        #expect(trial.names == ["u1"], "users are asked about all the while")
    }

    @Test func `20 in a second are not too many, and a second with fewer ends the limit`() {
        let trial = QuestionTrial(connections: 16, waiting: 1_000)
        #expect(flood(trial, seconds: 3, aTick: 1) == [20, 20, 20])
        #expect(flood(trial, seconds: 3, aTick: 10) == [21, 20, 20])
        _ = flood(trial, seconds: 4, aTick: 0)
        for number in 1...30 {
            trial.ask("new\(number)")
            trial.answer("new\(number)", .valid)
        }
        #expect((1...30).allSatisfy { trial.reply("new\($0)") == "valid e307" })
    }

    @Test func `valid strangers are no flood`() {
        let trial = QuestionTrial(connections: 16)
        for number in 1...500 {
            trial.ask("n\(number)")
            trial.answer("n\(number)", .valid)
        }
        #expect((1...500).allSatisfy { trial.reply("n\($0)") == "valid e307" })
    }

    @Test func `a 429 that strangers earn pauses strangers alone`() {
        let trial = QuestionTrial(timeout: 2)
        trial.ask("n1")
        trial.answer("n1", .busy(429, pause: 10))
        trial.ask("n2")
        #expect(trial.reply("n2") == "overloaded")
        trial.ask("u1")
        #expect(trial.names == ["u1"])
        #expect(!trial.isFailing)
        trial.answer("u1", .valid)
        trial.pass(9)
        trial.ask("n3")
        #expect(trial.names.isEmpty && trial.reply("n3") == nil)
        trial.pass(1)
        #expect(trial.names == ["n3"])
    }

    @Test func `a 429 that users earn pauses all`() {
        let trial = QuestionTrial(timeout: 2)
        trial.ask("u1")
        trial.answer("u1", .busy(429, pause: 10))
        for name in ["n2", "u2"] {
            trial.ask(name)
            #expect(trial.reply(name) == "overloaded")
        }
    }

    @Test func `any number of 429s that strangers earn opens no breaker for users`() {
        let trial = QuestionTrial()
        for number in 1...50 {
            trial.ask("n\(number)")
            trial.answer("n\(number)", .busy(429))
        }
        trial.ask("u1")
        #expect(trial.names == ["u1"])
    }
}
