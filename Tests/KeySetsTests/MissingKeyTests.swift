import JOSE
import KeySets
import NIOCore
import Testing

/// What a request is told whose key is missing (contract section 5).
struct MissingKeyTests {
    @Test func `an unknown key is fetched early, in one fetch for all who ask`() {
        let trial = Trial()
        trial.load(["a"])
        trial.pass(.seconds(5))
        trial.find("b", as: "first")
        trial.find("b", as: "second")
        trial.find("c", as: "third")
        #expect(trial.earlyFetches == [5])
        #expect(trial.waiting == 3)
        trial.succeed(["a", "b"])
        #expect(trial.answer("first") == .arrived)
        #expect(trial.answer("second") == .arrived)
    }

    @Test func `a key that a fetch did not bring is absent for 30 seconds, and is not looked for meanwhile`() {
        let trial = Trial()
        trial.load(["a"])
        trial.find("b", as: "first")
        trial.succeed(["a"])
        #expect(trial.answer("first") == .absent)
        trial.pass(.milliseconds(29_999))
        trial.find("b", as: "second")
        #expect(trial.answer("second") == .absent)
        #expect(trial.fetches.count == 2)
    }

    @Test func `a key that was absent is looked for again after 30 seconds, and unknown until that fetch's answer`() {
        let trial = Trial()
        trial.load(["a"], maxAge: .hours(24))
        trial.find("b", as: "first")
        trial.succeed(["a"], maxAge: .hours(24))
        for round in 1...3 {
            trial.pass(.seconds(round == 1 ? 30 : 29))
            trial.find("b", as: "asker \(round)")
            #expect(trial.earlyFetches.last == 30 * Double(round))
            trial.pass(.milliseconds(999))
            #expect(trial.answer("asker \(round)") == nil)
            trial.succeed(round == 3 ? ["a", "b"] : ["a"], maxAge: .hours(24))
            #expect(trial.answer("asker \(round)") == (round == 3 ? .arrived : .absent))
            trial.pass(.milliseconds(1))
        }
    }

    @Test func `a key that was absent is unknown while the fetch that it asked for is on its way`() {
        let trial = Trial()
        trial.load(["a"])
        trial.find("b", as: "first")
        trial.succeed(["a"])
        trial.pass(.seconds(30))
        trial.find("b", as: "second")
        trial.pass(.seconds(1))
        #expect(trial.answer("second") == .unavailable)
        trial.find("b", as: "third")
        trial.pass(.seconds(1))
        #expect(trial.answer("third") == .unavailable)
        trial.succeed(["a"])
        trial.find("b", as: "fourth")
        #expect(trial.answer("fourth") == .absent)
        #expect(trial.earlyFetches == [0, 30])
    }

    @Test func `a key that was absent is unknown when it can't be looked for: the issuer is out of reach`() {
        let trial = Trial()
        trial.load(["a"])
        trial.find("b", as: "first")
        trial.succeed(["a"])
        trial.pass(.seconds(30))
        trial.find("b", as: "second")
        for _ in 0..<6 {
            trial.fail()
            trial.pass(trial.untilRefresh)
        }
        trial.fail()
        #expect(trial.answer("second") == .unavailable)
        trial.find("b", as: "third")
        trial.pass(.seconds(1))
        #expect(trial.answer("third") == .unavailable)
    }

    @Test func `any fetch that did not bring a key denies it for 30 seconds more`() {
        let trial = Trial()
        trial.load(["a"], maxAge: .minutes(1))
        trial.find("b", as: "first")
        trial.succeed(["a"], maxAge: .minutes(1))
        trial.pass(.seconds(45))
        #expect(trial.fetches.map(\.isEarly) == [false, true, false])
        trial.succeed(["a"], maxAge: .hours(1))
        trial.pass(.seconds(29))
        trial.find("b", as: "second")
        #expect(trial.answer("second") == .absent)
        trial.pass(.seconds(1))
        trial.find("b", as: "third")
        #expect(trial.earlyFetches == [0, 75])
    }

    @Test func `a key that was absent arrives with a later set`() {
        let trial = Trial()
        trial.load(["a"])
        trial.find("b", as: "first")
        trial.succeed(["a"])
        trial.pass(.minutes(10))
        trial.succeed(["a", "b"])
        trial.find("b", as: "second")
        #expect(trial.answer("second") == .arrived)
    }

    @Test func `a running fetch does not settle a key that was first seen after it began`() {
        let trial = Trial()
        trial.load(["a"])
        trial.pass(.seconds(450))
        trial.find("b", as: "asker")
        trial.succeed(["a"])
        #expect(trial.answer("asker") == nil)
        #expect(trial.fetches.map(\.isEarly) == [false, false, true])
        trial.succeed(["a"])
        #expect(trial.answer("asker") == .absent)
    }

    @Test func `a running fetch may bring a key that was first seen after it began`() {
        let trial = Trial()
        trial.load(["a"])
        trial.pass(.seconds(450))
        trial.find("b", as: "asker")
        trial.succeed(["a", "b"])
        #expect(trial.answer("asker") == .arrived)
        #expect(trial.earlyFetches.isEmpty)
    }

    @Test func `at most one fetch in 30 seconds is early`() {
        let trial = Trial()
        trial.load(["a"])
        trial.find("b", as: "first")
        trial.succeed(["a"])
        trial.pass(.seconds(10))
        trial.find("c", as: "second")
        #expect(trial.answer("second") == .unavailable, "it can't be looked for while it waits")
        #expect(trial.fetches.count == 2)
        trial.pass(.seconds(20))
        trial.find("c", as: "third")
        #expect(trial.earlyFetches == [0, 30])
    }

    @Test func `an early fetch that is due while a request waits begins without a further request`() {
        let trial = Trial()
        trial.load(["a"])
        trial.find("b", as: "first")
        trial.succeed(["a"])
        trial.pass(.milliseconds(29_500))
        trial.find("c", as: "second")
        #expect(trial.answer("second") == nil)
        trial.pass(.milliseconds(500))
        #expect(trial.earlyFetches == [0, 30])
        trial.succeed(["a", "c"])
        #expect(trial.answer("second") == .arrived)
    }

    @Test func `a scheduled fetch settles a key that could not be looked for early`() {
        let trial = Trial()
        trial.load(["a"], maxAge: .minutes(1))
        trial.pass(.seconds(20))
        trial.find("b", as: "first")
        trial.succeed(["a"], maxAge: .minutes(1))
        trial.pass(.seconds(10))
        trial.find("c", as: "second")
        #expect(trial.answer("second") == .unavailable)
        trial.pass(.seconds(35))
        #expect(trial.fetches.map(\.isEarly) == [false, true, false])
        trial.succeed(["a"])
        trial.find("c", as: "third")
        #expect(trial.answer("third") == .absent)
    }

    @Test func `who waits longer than the bound is told that it is unknown, and the fetch still settles the key`() {
        let trial = Trial()
        trial.load(["a"])
        trial.find("b", as: "first")
        trial.pass(.milliseconds(999))
        #expect(trial.answer("first") == nil)
        trial.pass(.milliseconds(1))
        #expect(trial.answer("first") == .unavailable)
        trial.pass(.seconds(3))
        trial.succeed(["a"])
        trial.find("b", as: "second")
        #expect(trial.answer("second") == .absent)
    }

    @Test func `a failed fetch leaves a key unknown`() {
        let trial = Trial()
        trial.load(["a"])
        trial.find("b", as: "first")
        trial.fail(jitter: 1)
        trial.pass(.seconds(1))
        #expect(trial.answer("first") == .unavailable)
        trial.fail(jitter: 1)
        trial.find("b", as: "second")
        #expect(trial.answer("second") == .unavailable)
    }

    @Test func `a request may wait for no time at all, and still starts the fetch`() {
        let trial = Trial(pace: .remote(wait: .zero))
        trial.load(["a"])
        trial.find("b", as: "asker")
        #expect(trial.answer("asker") == .unavailable)
        #expect(trial.earlyFetches == [0])
    }

    @Test func `who may not wait is told at once, and the key is noted`() {
        let trial = Trial()
        trial.load(["a"])
        trial.find("b", as: "first")
        trial.succeed(["a"])
        trial.pass(.seconds(1))
        trial.find("c", as: "second", mayWait: false)
        #expect(trial.answer("second") == .unavailable)
        trial.pass(.seconds(449))
        trial.succeed(["a"])
        trial.find("c", as: "third")
        #expect(trial.answer("third") == .absent)
    }
}

/// Sets that are not there yet, or not fresh enough.
extension MissingKeyTests {
    @Test(arguments: ["a", nil])
    func `before the first set a request waits for the running fetch`(kid: String?) {
        let trial = Trial()
        trial.start()
        trial.find(kid, as: "asker")
        #expect(trial.answer("asker") == nil)
        trial.succeed(["a"])
        #expect(trial.answer("asker") == .arrived)
        #expect(trial.fetches.count == 1)
    }

    @Test func `before the first set a request asks for a fetch when none runs`() {
        let trial = Trial()
        trial.start()
        for _ in 0..<8 {
            trial.fail()
            trial.pass(trial.untilRefresh)
        }
        trial.fail()
        trial.pass(.seconds(2))
        trial.find("a", as: "asker")
        #expect(trial.earlyFetches.count == 1)
        trial.succeed(["a"])
        #expect(trial.answer("asker") == .arrived)
    }

    @Test func `before the first set nothing is absent`() {
        let trial = Trial()
        trial.start()
        trial.find("b", as: "first")
        trial.fail()
        trial.pass(.seconds(1))
        #expect(trial.answer("first") == .unavailable)
    }

    @Test func `with a set that is too old nothing is absent, until a fetch confirms it`() {
        let trial = Trial()
        trial.load(["a"])
        trial.find("b", as: "first")
        trial.succeed(["a"])
        trial.pass(.seconds(40))
        trial.isTooOld = true
        trial.find("b", as: "second")
        trial.find("a", as: "third")
        trial.find(nil, as: "fourth")
        #expect(trial.waiting == 3)
        trial.succeed(["a"])
        #expect(trial.answer("second") == .absent)
        #expect(trial.answer("third") == .arrived)
        #expect(trial.answer("fourth") == .arrived)
    }
}
