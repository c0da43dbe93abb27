import Authentication
import Bytes
import JOSE
import Testing

/// A proof is used once.
struct ReplayCacheTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let age = Duration.seconds(60)
    private let window = ReplayCache.Window(age: age)

    private static func key(_ number: Int) -> SHA256Digest { SHA256Digest(of: Array("key \(number)".utf8).span.bytes) }

    private static func use(
        _ identifier: String, by key: Int = 0, at moment: Timestamp = now, arrivedAt arrival: Timestamp? = nil
    ) -> ReplayCache.Use {
        ReplayCache.Use(
            key: Self.key(key), identifier: Array(identifier.utf8), issuedAt: moment, arrivedAt: arrival)
    }

    @Test func `the second use of an identifier is a replay, unless another key's`() {
        var cache = ReplayCache()
        #expect(cache.record(Self.use("a"), within: window, now: Self.now) == .first)
        #expect(cache.record(Self.use("a"), within: window, now: Self.now) == .replayed)
        #expect(cache.record(Self.use("a", at: Self.now + .seconds(3)), within: window, now: Self.now) == .replayed)
        #expect(cache.record(Self.use("b"), within: window, now: Self.now) == .first)
        #expect(cache.record(Self.use("a", by: 1), within: window, now: Self.now) == .first)
        #expect(cache.count == 3)
    }

    @Test func `it is remembered as long as it is good, and then no longer`() {
        var cache = ReplayCache()
        #expect(cache.record(Self.use("a"), within: window, now: Self.now) == .first)
        let end = Self.now + Self.age
        #expect(cache.record(Self.use("a"), within: window, now: end) == .replayed)
        // Another proof with its identifier, when its own time is over.
        let later = end + .microseconds(1)
        #expect(cache.record(Self.use("a", at: later), within: window, now: later) == .first)
        #expect(cache.record(Self.use("a", at: later), within: window, now: later) == .replayed)
        let muchLater = later + Self.age + .seconds(3)
        #expect(cache.record(Self.use("b", at: muchLater), within: window, now: muchLater) == .first)
        #expect(cache.count == 1)
    }

    @Test func `one that was to be forgotten and was used anew is not forgotten with the old one`() {
        var cache = ReplayCache()
        #expect(cache.record(Self.use("a"), within: window, now: Self.now) == .first)
        let again = Self.now + Self.age + .microseconds(1)
        #expect(cache.record(Self.use("a", at: again), within: window, now: again) == .first)
        let later = again + .seconds(2)
        #expect(cache.record(Self.use("b", at: later), within: window, now: later) == .first)
        #expect(cache.record(Self.use("a", at: again), within: window, now: later) == .replayed)
    }

    @Test func `what is older than what was forgotten is not taken, though a clock is set back or the time is longer`()
    {
        var cache = ReplayCache()
        #expect(cache.record(Self.use("a"), within: window, now: Self.now) == .first)
        let later = Self.now + .seconds(120)
        #expect(cache.record(Self.use("b", at: later), within: window, now: later) == .first)
        #expect(cache.record(Self.use("a"), within: window, now: Self.now + .seconds(1)) == .tooOld)
        #expect(cache.record(Self.use("a"), within: ReplayCache.Window(age: .seconds(600)), now: later) == .tooOld)
        #expect(cache.record(Self.use("c", at: later), within: window, now: later) == .first)
    }

    @Test func `a full key, and a full memory, take no other one, and have room again when time has passed`() {
        var cache = ReplayCache(maximumCount: 5, maximumCountOfKey: 3)
        for number in 0..<3 {
            #expect(cache.record(Self.use("\(number)"), within: window, now: Self.now) == .first)
        }
        #expect(cache.record(Self.use("3"), within: window, now: Self.now) == .full)
        #expect(cache.record(Self.use("2"), within: window, now: Self.now) == .replayed)
        #expect(cache.record(Self.use("3", by: 1), within: window, now: Self.now) == .first)
        #expect(cache.record(Self.use("4", by: 2), within: window, now: Self.now) == .first)
        #expect(cache.record(Self.use("5", by: 3), within: window, now: Self.now) == .full)
        #expect(cache.count == 5)
        let later = Self.now + .seconds(62)
        #expect(cache.record(Self.use("3", at: later), within: window, now: later) == .first)
        #expect(cache.count == 1)
    }

    @Test func `the bounds are those of the contract, section 23`() {
        var cache = ReplayCache()
        for number in 0..<200_000 {
            let use = Self.use("\(number)", by: number / 2_000)
            #expect(cache.record(use, within: window, now: Self.now) == .first)
        }
        #expect(cache.record(Self.use("more", by: 100), within: window, now: Self.now) == .full)
        #expect(cache.record(Self.use("more", by: 0), within: window, now: Self.now) == .full)
        #expect(cache.count == 200_000)
    }

    @Test func `what came in time and waited is found to be used before as long as it may wait`() {
        let patient = ReplayCache.Window(age: Self.age, patience: .seconds(5))
        let end = Self.now + Self.age
        for wait in [1, 2, 4, 5] {
            var cache = ReplayCache()
            #expect(cache.record(Self.use("a"), within: patient, now: Self.now) == .first)
            let late = end + .seconds(wait)
            #expect(cache.record(Self.use("b", at: late), within: patient, now: late) == .first)
            #expect(cache.record(Self.use("a", arrivedAt: end), within: patient, now: late) == .replayed)
            #expect(cache.record(Self.use("c", arrivedAt: end), within: patient, now: late) == .first)
            // Its time was over when this one's request came.
            #expect(cache.record(Self.use("a", at: late, arrivedAt: late), within: patient, now: late) == .first)
            #expect(cache.record(Self.use("a", arrivedAt: end), within: patient, now: late) == .replayed)
        }
        var cache = ReplayCache()
        #expect(cache.record(Self.use("a"), within: patient, now: Self.now) == .first)
        let later = end + .seconds(7)
        #expect(cache.record(Self.use("a", arrivedAt: end), within: patient, now: later) == .tooOld)
    }

    @Test func `what is kept for those who wait takes no key's room`() {
        let patient = ReplayCache.Window(age: Self.age, patience: .seconds(60))
        var cache = ReplayCache(maximumCount: 3, maximumCountOfKey: 2)
        for name in ["a", "b"] { #expect(cache.record(Self.use(name), within: patient, now: Self.now) == .first) }
        #expect(cache.record(Self.use("c"), within: patient, now: Self.now) == .full)
        let later = Self.now + .seconds(62)
        #expect(cache.record(Self.use("c", at: later), within: patient, now: later) == .first)
        #expect(cache.record(Self.use("d", at: later), within: patient, now: later) == .full, "all together")
    }

    @Test func `a ruling alone uses nothing up`() {
        var cache = ReplayCache()
        for _ in 0..<2 { #expect(cache.ruling(on: Self.use("a"), within: window, now: Self.now) == .first) }
        #expect(cache.count == 0)
        #expect(cache.record(Self.use("a"), within: window, now: Self.now) == .first)
        #expect(cache.ruling(on: Self.use("a"), within: window, now: Self.now) == .replayed)
    }

    @Test func `no call forgets what many have left, and none of that counts meanwhile`() {
        var cache = ReplayCache(maximumCount: 1_000, maximumCountOfKey: 500)
        for number in 0..<1_000 {
            #expect(cache.record(Self.use("\(number)", by: number / 500), within: window, now: Self.now) == .first)
        }
        let later = Self.now + .seconds(62)
        var left: [Int] = []
        for number in 0..<100 {
            #expect(cache.record(Self.use("\(number)", at: later), within: window, now: later) == .first)
            left.append(cache.count)
        }
        #expect(left[0] > 980, "the first call has not forgotten all")
        #expect(left.last == 100, "they have together")
        #expect(zip(left, left.dropFirst()).allSatisfy { $0 - $1 < 20 })
    }
}
