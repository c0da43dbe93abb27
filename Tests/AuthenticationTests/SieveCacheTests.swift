import Authentication
import Bytes
import JOSE
import Testing

struct SieveCacheTests {
    private static func digest(_ number: Int) -> SHA256Digest {
        SHA256Digest(of: Array("\(number)".utf8).span.bytes)
    }

    private static func cache(entries: Int, bytes: Int = .max) -> SieveCache<Int> {
        SieveCache(bound: CacheBound(entries: entries, bytes: bytes))
    }

    @Test func `gives what was put in, and nothing else`() {
        var cache = Self.cache(entries: 10)
        cache.insert(1, for: Self.digest(1), cost: 0)
        #expect(cache.value(for: Self.digest(1)) == 1)
        #expect(cache.value(for: Self.digest(2)) == nil)
    }

    @Test func `a value put in twice is there once, as it was last`() {
        var cache = Self.cache(entries: 10)
        cache.insert(1, for: Self.digest(1), cost: 5)
        cache.insert(2, for: Self.digest(1), cost: 5)
        #expect(cache.value(for: Self.digest(1)) == 2)
        #expect(cache.count == 1)
    }

    @Test func `never holds more entries than its bound`() {
        var cache = Self.cache(entries: 100)
        for number in 0..<10_000 {
            cache.insert(number, for: Self.digest(number), cost: 0)
            #expect(cache.count <= 100)
        }
        #expect(cache.count == 100)
        #expect(cache.evictions == 9_900)
    }

    @Test func `never holds more bytes than its bound`() {
        var cache = Self.cache(entries: .max, bytes: 100_000)
        for number in 0..<1_000 {
            cache.insert(number, for: Self.digest(number), cost: number * 7 % 3_000)
            #expect(cache.bytes <= 100_000)
        }
        #expect(cache.count > 10)
    }

    @Test func `an entry larger than the bound is not kept and pushes nothing out`() {
        var cache = Self.cache(entries: 10, bytes: 1_000)
        cache.insert(1, for: Self.digest(1), cost: 10)
        cache.insert(2, for: Self.digest(2), cost: 1_001)
        #expect(cache.value(for: Self.digest(1)) == 1)
        #expect(cache.value(for: Self.digest(2)) == nil)
    }

    @Test(arguments: [CacheBound(entries: 0, bytes: 1_000), CacheBound(entries: 10, bytes: 0)])
    func `a bound of nothing holds nothing`(bound: CacheBound) {
        var cache = SieveCache<Int>(bound: bound)
        cache.insert(1, for: Self.digest(1), cost: 0)
        #expect(cache.value(for: Self.digest(1)) == nil)
    }

    @Test func `a flood of values seen once does not push out the working set`() {
        var cache = Self.cache(entries: 2_000)
        for number in 0..<1_000 { cache.insert(number, for: Self.digest(number), cost: 0) }
        var misses = 0
        for stranger in 0..<100_000 {
            cache.insert(-1, for: Self.digest(1_000_000 + stranger), cost: 0)
            let member = stranger % 1_000
            if cache.value(for: Self.digest(member)) == nil {
                misses += 1
                cache.insert(member, for: Self.digest(member), cost: 0)
            }
        }
        #expect(misses <= 1_000)
    }

    @Test func `removes what is no longer wanted, and only that`() {
        var cache = Self.cache(entries: 1_000)
        for number in 0..<1_000 { cache.insert(number, for: Self.digest(number), cost: 1) }
        cache.removeAll { $0 % 3 == 0 }
        for number in 0..<1_000 {
            #expect(cache.value(for: Self.digest(number)) == (number % 3 == 0 ? nil : number))
        }
        cache.removeAll()
        #expect(cache.count == 0)
        #expect(cache.bytes == 0)
    }

    /// Random operations, compared with a dictionary that never evicts.
    @Test(arguments: 0..<8) func `agrees with a dictionary while nothing must leave`(seed: UInt64) {
        var random = Generator(state: seed)
        var cache = Self.cache(entries: 1_000)
        var model: [Int: Int] = [:]
        for _ in 0..<20_000 {
            let number = Int(random.next() % 700)
            switch random.next() % 3 {
            case 0:
                cache.insert(number * 2, for: Self.digest(number), cost: number)
                model[number] = number * 2
            case 1:
                cache.remove(Self.digest(number))
                model[number] = nil
            default:
                #expect(cache.value(for: Self.digest(number)) == model[number])
            }
            #expect(cache.count == model.count)
        }
    }

    private struct Generator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
    }
}
