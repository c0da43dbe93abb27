/// A number that the reader has checked, as a view of its text.
package struct JSONNumber: ~Escapable {
    package let text: RawSpan

    @_lifetime(copy text)
    init(text: RawSpan) {
        self.text = text
    }

    /// - Parameter value: the text of a value that a reader has passed over before; nil when that is no number.
    @_lifetime(copy value)
    package init?(value: RawSpan) {
        guard value.byteCount > 0, JSONKind(firstByte: value[byte: 0]) == .number else { return nil }
        text = value
    }

    /// The number when it is written as an integer (no point, no exponent) and 64 bits hold it; else nil.
    package var int64: Int64? {
        Int64(String(decoding: [UInt8](copying: text), as: UTF8.self))
    }

    /// The nearest number in binary; beyond the range infinite.
    package var double: Double {
        Double(String(decoding: [UInt8](copying: text), as: UTF8.self)) ?? .nan
    }

    /// The number as seconds since the Unix epoch (RFC 7519 section 2, NumericDate), what is finer than a microsecond
    /// dropped. What is too far from the epoch is the most distant moment.
    package var timestamp: Timestamp {
        var decimal = Decimal()
        decimal.read(from: text)
        return Timestamp(microseconds: decimal.scaled(byPowerOfTen: 6))
    }

    /// A number as digits and a power of ten.
    private struct Decimal {
        private var isNegative = false
        /// The first 19 significant digits.
        private var digits: UInt64 = 0
        private var power = 0

        /// Far beyond what a 64-bit number can tell from zero or from infinity.
        private static let powerBound = 1_000_000_000

        mutating func read(from text: RawSpan) {
            var isFraction = false
            for offset in 0..<text.byteCount {
                switch text[byte: offset] {
                case UInt8(ascii: "-"): isNegative = true
                case UInt8(ascii: "."): isFraction = true
                case UInt8(ascii: "e"), UInt8(ascii: "E"):
                    return readExponent(from: text.extracting((offset + 1)...))
                case let digit: add(digit: digit - 0x30, isFraction: isFraction)
                }
            }
        }

        private mutating func add(digit: UInt8, isFraction: Bool) {
            if digits < 1_000_000_000_000_000_000 {
                digits = digits * 10 + UInt64(digit)
                if isFraction { power -= 1 }
            } else if !isFraction {
                power += 1
            }
        }

        private mutating func readExponent(from text: RawSpan) {
            var exponent = 0
            var isBelowOne = false
            for offset in 0..<text.byteCount {
                let byte = text[byte: offset]
                if byte == UInt8(ascii: "-") { isBelowOne = true }
                if byte.isDigit, exponent < Self.powerBound { exponent = exponent * 10 + Int(byte - 0x30) }
            }
            power += isBelowOne ? -exponent : exponent
        }

        /// The number times a power of ten, towards zero, clamped to what 64 bits hold.
        func scaled(byPowerOfTen shift: Int) -> Int64 {
            var magnitude = digits
            var rest = power + shift
            while rest < 0, magnitude != 0 {
                magnitude /= 10
                rest += 1
            }
            while rest > 0, magnitude != 0 {
                let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
                if overflow { return isNegative ? .min : .max }
                magnitude = product
                rest -= 1
            }
            guard magnitude <= UInt64(Int64.max) else { return isNegative ? .min : .max }
            return isNegative ? -Int64(magnitude) : Int64(magnitude)
        }
    }
}
