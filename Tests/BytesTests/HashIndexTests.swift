import Bytes
import Testing

@Suite struct HashIndexTests {
    @Test func `a place is found by its hash, if it is the one that is meant`() {
        var index = HashIndex()
        index.insert(3, hash: 7)
        index.insert(4, hash: 7)
        #expect(index.find(hash: 7) { $0 == 3 } == 3)
        #expect(index.find(hash: 7) { $0 == 4 } == 4)
        #expect(index.find(hash: 7) { _ in false } == nil)
        #expect(index.find(hash: 8) { _ in true } == nil)
    }

    @Test func `a place that is not there is not taken out`() {
        var index = HashIndex()
        index.insert(3, hash: 7)
        index.remove(4, hash: 7)
        index.remove(3, hash: .max)
        #expect(index.find(hash: 7) { $0 == 3 } == 3)
    }

    @Test(arguments: [UInt32.max, 0xF000_0000, 15, 0])
    func `it agrees with a dictionary, however the hashes crowd`(mask: UInt32) {
        // The crowded end of the table runs on at its beginning.
        let hashes = (0..<600).map { _ in UInt32.random(in: 0 ... .max) | ~mask }
        var index = HashIndex()
        var places: Set<Int> = []
        for _ in 0..<4_000 {
            let place = Int.random(in: 0..<600)
            if places.insert(place).inserted {
                index.insert(place, hash: hashes[place])
            } else {
                index.remove(place, hash: hashes[place])
                places.remove(place)
            }
        }
        for place in 0..<600 {
            let isFound = index.find(hash: hashes[place]) { $0 == place } == place
            #expect(isFound == places.contains(place))
        }
    }
}
