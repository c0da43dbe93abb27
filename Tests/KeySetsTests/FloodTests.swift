import Bytes
import Fixtures
import JOSE
import KeySets
import NIOCore
import Testing

struct FloodTests {
    @Test func `a flood of random keys fetches once in 30 seconds, and holds back no fresh key`() {
        let trial = Trial(memory: 64)
        trial.load(["a"])
        for number in 0..<60_000 {
            trial.pass(.milliseconds(2))
            trial.find("random \(number)", as: "stranger \(number)")
            if trial.isFetching { trial.succeed(["a"]) }
        }
        #expect(trial.earlyFetches.count == 4)
        trial.pass(.seconds(31))
        trial.find("fresh", as: "friend")
        trial.succeed(["a", "fresh"])
        #expect(trial.answer("friend") == .arrived)
        #expect(trial.answers.values.allSatisfy { $0.count == 1 })
    }

    @Test func `a flood of keys that were denied before fetches once in 30 seconds, and holds back no fresh key`() {
        let trial = Trial(memory: 64)
        trial.load(["a"], maxAge: .hours(24))
        for number in 0..<60_000 {
            trial.pass(.milliseconds(2))
            trial.find("guess \(number % 50)", as: "stranger \(number)")
            if trial.isFetching { trial.succeed(["a"], maxAge: .hours(24)) }
        }
        #expect(trial.earlyFetches.count == 4)
        #expect(trial.falseReplies.isEmpty)
        trial.pass(.seconds(31))
        trial.find("guess 7", as: "friend")
        trial.succeed(["a", "guess 7"])
        #expect(trial.answer("friend") == .arrived)
    }

    @Test func `what is remembered is bounded, and the oldest goes first`() {
        var sightings = Sightings(capacity: 3)
        let kids = (0..<5).map { SHA256Digest(of: [UInt8($0)].span.bytes) }
        for (begun, kid) in kids.enumerated() {
            #expect(sightings.firstSeen(kid, fetchesBegun: begun) == begun)
            #expect(sightings.count <= 3)
        }
        #expect(sightings.firstSeen(kids[4], fetchesBegun: 9) == 4)
        #expect(sightings.firstSeen(kids[2], fetchesBegun: 9) == 2)
        #expect(sightings.firstSeen(kids[0], fetchesBegun: 9) == 9)
    }

    /// Random events; the rules that hold for each of them are written out once more, without the schedule's state.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `whatever happens, everybody is told once, in time, and only what is so`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let trial = Trial(memory: 8)
        var askedAt: [String: NIODeadline] = [:]
        trial.start()
        for number in 0..<500 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let asker = "asker \(number)"
                askedAt[asker] = trial.now
                trial.find("\(Int.random(in: 0..<12, using: &random))", as: asker)
            case 5..<8: trial.pass(.milliseconds(.random(in: 0..<20_000, using: &random)))
            case 8 where trial.isFetching: trial.fail(jitter: .random(in: 0...1, using: &random))
            default:
                guard trial.isFetching else { continue }
                trial.succeed(Set((0..<4).map { _ in "\(Int.random(in: 0..<12, using: &random))" }))
            }
        }
        trial.pass(.seconds(1))
        #expect(trial.answers.count == askedAt.count)
        for (asker, moment) in askedAt {
            #expect(trial.answer(asker) != nil, "\(asker) was told exactly once")
            #expect((trial.answeredAt[asker] ?? .distantFuture) - moment <= .seconds(1))
        }
        for (early, next) in zip(trial.earlyFetches, trial.earlyFetches.dropFirst()) {
            #expect(next - early > 29.999_999)
        }
        #expect(trial.falseReplies.isEmpty)
    }
}
