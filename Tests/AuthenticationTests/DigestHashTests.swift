import Authentication
import Fixtures
import Testing

struct DigestHashTests {
    /// Words that somebody who makes tokens by the million can gather: some of their bits are as they want them.
    static let alike: [(bits: String, mask: UInt64)] = [
        ("none", 0), ("the first 20", 0xFFFF_F000_0000_0000), ("the first 32", 0xFFFF_FFFF_0000_0000),
        ("the last 20", 0xF_FFFF), ("the last 32", 0xFFFF_FFFF), ("the middle 24", 0xFF_FFFF_0000),
        ("every fourth", 0x1111_1111_1111_1111),
    ]

    @Test(arguments: alike)
    func `words of which some bits are alike crowd no part of a table, whatever the key`(
        _ bits: String, _ mask: UInt64
    ) {
        var generator = SeededGenerator(seed: 20_261_127)
        for _ in 0..<40 {
            let hash = DigestHash(random: generator.next())
            let common = generator.next() & mask
            // Half as many as there are slots, counted in 32 neighbourhoods: 128 in each, give or take 11.
            var counts = [Int](repeating: 0, count: 32)
            for _ in 0..<4096 { counts[Int(hash(generator.next() & ~mask | common) >> 27)] += 1 }
            #expect(counts.allSatisfy { 64...192 ~= $0 })
        }
    }

    @Test func `two words rarely have one hash`() {
        var generator = SeededGenerator(seed: 20_261_128)
        for _ in 0..<20 {
            let hash = DigestHash(random: generator.next())
            let words = Set((0..<1000).map { _ in generator.next() })
            #expect(Set(words.map { hash($0) }).count >= words.count - 1)
        }
    }
}
