import Glibc
import Traces

/// Random numbers of the system's, fetched for many requests at once: ids that no two processes give, and nobody can foresee.
struct EntropyPool {
    private static let size = 32
    private var numbers = InlineArray<32, UInt64>(repeating: 0)
    private var left = 0

    mutating func next() -> UInt64 {
        if left == 0 { fill() }
        left -= 1
        return numbers[left]
    }

    /// A number that is not zero, as ids are.
    mutating func nextID() -> UInt64 {
        while true {
            let number = next()
            if number != 0 { return number }
        }
    }

    mutating func nextTrace() -> TraceID {
        while true {
            if let trace = TraceID(high: next(), low: next()) { return trace }
        }
    }

    /// A number from 0 up to, but not including, 1.
    mutating func nextFraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    private mutating func fill() {
        let isFilled = unsafe withUnsafeMutableBytes(of: &numbers) { buffer in
            unsafe getentropy(buffer.baseAddress, buffer.count) == 0
        }
        left = Self.size
        guard !isFilled else { return }
        // A kernel that has no such call: slower, and as good.
        var generator = SystemRandomNumberGenerator()
        for place in 0..<Self.size { numbers[place] = generator.next() }
    }
}
