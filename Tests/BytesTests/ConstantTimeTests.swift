import Bytes
import Testing

@Suite struct ConstantTimeTests {
    @Test(arguments: [0, 1, 7, 8, 9, 32, 64, 65])
    func `equal bytes are equal, and one bit anywhere makes them differ`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        #expect(isEqual(bytes, bytes))
        for index in bytes.indices {
            for bit in 0..<8 {
                var other = bytes
                other[index] ^= 1 << UInt8(bit)
                #expect(!isEqual(bytes, other))
            }
        }
    }

    @Test func `another length is never equal`() {
        #expect(!isEqual([], [0]))
        #expect(!isEqual([1, 2, 3], [1, 2]))
        #expect(!isEqual([1, 2], [1, 2, 0]))
    }

    private func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        constantTimeEqual(left.span.bytes, right.span.bytes)
    }
}
