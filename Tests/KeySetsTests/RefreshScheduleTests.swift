import JOSE
import KeySets
import NIOCore
import Testing

struct RefreshScheduleTests {
    @Test func `keys are fetched at start, and once`() {
        let trial = Trial()
        trial.start()
        trial.pass(.minutes(1))
        #expect(trial.fetches.map(\.at) == [0])
    }

    @Test(
        arguments: [
            (nil, 0, 450), (nil, 1, 540),
            (.zero, 0, 45), (.zero, 1, 54), (.seconds(59), 0, 45), (.seconds(61), 0, 45.75),
            (.hours(1), 0.5, 2_970),
            (.hours(24), 1, 77_760), (.hours(8_760), 1, 77_760),
        ] as [(TimeAmount?, Double, Double)])
    func `keys are fetched again before they age, within a minute and a day`(
        maxAge: TimeAmount?, jitter: Double, seconds: Double
    ) {
        let trial = Trial()
        trial.start()
        trial.succeed(["a"], maxAge: maxAge, jitter: jitter)
        trial.pass(.nanoseconds(Int64(seconds * 1e9) - 1_000_000))
        #expect(trial.fetches.count == 1)
        trial.pass(.milliseconds(1))
        #expect(trial.fetches.count == 2)
        #expect(trial.fetches.last?.isEarly == false)
    }

    @Test(arguments: [(1, [1, 2, 4, 8, 16, 32, 60, 60]), (0, [0.5, 1, 2, 4, 8, 16, 30, 30])] as [(Double, [Double])])
    func `a failed fetch is retried with growing pauses`(jitter: Double, pauses: [Double]) {
        let trial = Trial()
        trial.start()
        for pause in pauses {
            trial.fail(jitter: jitter)
            let due = (trial.fetches.last?.at ?? 0) + pause
            trial.pass(.nanoseconds(Int64(pause * 1e9)))
            #expect(trial.fetches.last?.at == due)
        }
    }

    @Test func `a fetch that succeeds ends the row of failures`() {
        let trial = Trial()
        trial.start()
        for _ in 0..<5 {
            trial.fail()
            trial.pass(trial.untilRefresh)
        }
        trial.succeed(["a"])
        trial.pass(trial.untilRefresh)
        trial.fail()
        #expect(trial.untilRefresh == .seconds(1))
    }

    @Test func `the bounds of a pause hold for any number of failures`() {
        let trial = Trial()
        trial.start()
        for _ in 0..<1_000 {
            trial.fail()
            #expect(trial.untilRefresh <= .seconds(60))
            trial.pass(trial.untilRefresh)
        }
    }

    @Test func `nobody is left waiting when the service stops`() {
        let trial = Trial()
        trial.load(["a"])
        trial.find("b", as: "asker")
        trial.stop()
        trial.fail()
        #expect(trial.answer("asker") == .unavailable)
        #expect(trial.waiting == 0)
    }
}

extension RefreshScheduleTests {
    @Test func `a file is looked at every second, and at once for an unknown key`() {
        let trial = Trial(pace: .file(wait: .seconds(1)))
        trial.load(["a"])
        trial.find("b", as: "asker")
        #expect(trial.earlyFetches == [0])
        trial.succeed(["a", "b"])
        #expect(trial.answer("asker") == .arrived)
        trial.pass(.milliseconds(900))
        #expect(trial.fetches.count == 3)
    }

    @Test func `a bad file is looked at every second however long it stays so`() {
        let trial = Trial(pace: .file(wait: .seconds(1)))
        trial.load(["a"])
        trial.pass(.seconds(1))
        for _ in 0..<50 {
            trial.fail()
            #expect(trial.untilRefresh == .seconds(1))
            trial.pass(.seconds(1))
        }
        trial.find("a", as: "asker")
        #expect(trial.answer("asker") == .arrived)
    }
}
