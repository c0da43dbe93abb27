import Authentication
import Bytes
import JOSE
import Testing

/// A proof is used once.
struct ReplayCacheTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let age = Duration.seconds(60)

    private static func key(_ number: Int) -> SHA256Digest { SHA256Digest(of: Array("key \(number)".utf8).span.bytes) }

    private static func use(
        _ identifier: String, by key: Int = 0, at moment: Timestamp = now
    ) -> ReplayCache.Use {
        ReplayCache.Use(key: Self.key(key), identifier: Array(identifier.utf8), issuedAt: moment)
    }

    @Test func `the second use of an identifier is a replay, unless another key's`() {
        var cache = ReplayCache()
        #expect(cache.record(Self.use("a"), goodFor: Self.age, now: Self.now) == .first)
        #expect(cache.record(Self.use("a"), goodFor: Self.age, now: Self.now) == .replayed)
        #expect(cache.record(Self.use("a", at: Self.now + .seconds(3)), goodFor: Self.age, now: Self.now) == .replayed)
        #expect(cache.record(Self.use("b"), goodFor: Self.age, now: Self.now) == .first)
        #expect(cache.record(Self.use("a", by: 1), goodFor: Self.age, now: Self.now) == .first)
        #expect(cache.count == 3)
    }

    @Test func `it is remembered as long as it is good, and then no longer`() {
        var cache = ReplayCache()
        #expect(cache.record(Self.use("a"), goodFor: Self.age, now: Self.now) == .first)
        let end = Self.now + Self.age
        #expect(cache.record(Self.use("a"), goodFor: Self.age, now: end) == .replayed)
        // Another proof with its identifier, when its own time is over.
        let later = end + .microseconds(1)
        #expect(cache.record(Self.use("a", at: later), goodFor: Self.age, now: later) == .first)
        #expect(cache.record(Self.use("a", at: later), goodFor: Self.age, now: later) == .replayed)
        let muchLater = later + Self.age + .seconds(3)
        #expect(cache.record(Self.use("b", at: muchLater), goodFor: Self.age, now: muchLater) == .first)
        #expect(cache.count == 1)
    }

    @Test func `one that was to be forgotten and was used anew is not forgotten with the old one`() {
        var cache = ReplayCache()
        #expect(cache.record(Self.use("a"), goodFor: Self.age, now: Self.now) == .first)
        let again = Self.now + Self.age + .microseconds(1)
        #expect(cache.record(Self.use("a", at: again), goodFor: Self.age, now: again) == .first)
        let later = again + .seconds(2)
        #expect(cache.record(Self.use("b", at: later), goodFor: Self.age, now: later) == .first)
        #expect(cache.record(Self.use("a", at: again), goodFor: Self.age, now: later) == .replayed)
    }

    @Test func `what is older than what was forgotten is not taken, though a clock is set back or the time is longer`()
    {
        var cache = ReplayCache()
        #expect(cache.record(Self.use("a"), goodFor: Self.age, now: Self.now) == .first)
        let later = Self.now + .seconds(120)
        #expect(cache.record(Self.use("b", at: later), goodFor: Self.age, now: later) == .first)
        #expect(cache.record(Self.use("a"), goodFor: Self.age, now: Self.now + .seconds(1)) == .tooOld)
        #expect(cache.record(Self.use("a"), goodFor: .seconds(600), now: later) == .tooOld)
        #expect(cache.record(Self.use("c", at: later), goodFor: Self.age, now: later) == .first)
    }

    @Test func `a full key, and a full memory, take no other one, and have room again when time has passed`() {
        var cache = ReplayCache(maximumCount: 5, maximumCountOfKey: 3)
        for number in 0..<3 {
            #expect(cache.record(Self.use("\(number)"), goodFor: Self.age, now: Self.now) == .first)
        }
        #expect(cache.record(Self.use("3"), goodFor: Self.age, now: Self.now) == .full)
        #expect(cache.record(Self.use("2"), goodFor: Self.age, now: Self.now) == .replayed)
        #expect(cache.record(Self.use("3", by: 1), goodFor: Self.age, now: Self.now) == .first)
        #expect(cache.record(Self.use("4", by: 2), goodFor: Self.age, now: Self.now) == .first)
        #expect(cache.record(Self.use("5", by: 3), goodFor: Self.age, now: Self.now) == .full)
        #expect(cache.count == 5)
        let later = Self.now + .seconds(62)
        #expect(cache.record(Self.use("3", at: later), goodFor: Self.age, now: later) == .first)
        #expect(cache.count == 1)
    }

    @Test func `the bounds are those of the contract, section 23`() {
        var cache = ReplayCache()
        for number in 0..<200_000 {
            let use = Self.use("\(number)", by: number / 2_000)
            #expect(cache.record(use, goodFor: Self.age, now: Self.now) == .first)
        }
        #expect(cache.record(Self.use("more", by: 100), goodFor: Self.age, now: Self.now) == .full)
        #expect(cache.record(Self.use("more", by: 0), goodFor: Self.age, now: Self.now) == .full)
        #expect(cache.count == 200_000)
    }
}
