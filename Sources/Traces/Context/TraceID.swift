import Bytes

/// The number of a trace: 16 bytes, not all of them zero (W3C Trace Context, section 3.2.2.3).
package struct TraceID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init?(high: UInt64, low: UInt64) {
        guard high | low != 0 else { return nil }
        (self.high, self.low) = (high, low)
    }

    /// 32 hexadecimal digits, in lower case.
    package var text: String { high.hexadecimal + low.hexadecimal }
}

extension UInt64 {
    /// 16 hexadecimal digits, in lower case.
    package var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Reads 16 hexadecimal digits in lower case; nil when one is none.
    init?(hexadecimal digits: RawSpan, at start: Int) {
        var number: UInt64 = 0
        for offset in start..<start + 16 {
            guard let digit = digits[byte: offset].hexadecimalValue else { return nil }
            number = number << 4 | UInt64(digit)
        }
        self = number
    }
}

extension UInt8 {
    /// What a digit of a hexadecimal number in lower case stands for; nil for every other byte.
    var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
