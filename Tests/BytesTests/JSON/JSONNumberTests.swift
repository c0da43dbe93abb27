import Bytes
import Testing

@Suite struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1", 1_000_000), ("1700000000", 1_700_000_000_000_000), ("-1", -1_000_000),
            ("1700000000.25", 1_700_000_000_250_000), ("0.000001", 1), ("0.0000009", 0), ("-0.0000019", -1),
            ("1.9999999", 1_999_999),
            ("1.7e9", 1_700_000_000_000_000), ("17e8", 1_700_000_000_000_000),
            ("1700000000000e-3", 1_700_000_000_000_000),
            ("1E+1", 10_000_000), ("12345678901234567890e-10", 1_234_567_890_123_456),
            ("1700000000.000000000000000000000000001", 1_700_000_000_000_000),
            ("0.00000000000000000000000001e26", 1_000_000),
            ("9223372036854.775807", .max), ("9223372036854.775808", .max), ("-9223372036854.775808", .min),
            ("9223372036854.775806", .max - 1), ("18446744073709.551615", .max), ("18446744073709.551616", .max),
            ("1e300", .max), ("-1e300", .min), ("1e-300", 0), ("0e999999999999999999999", 0),
            ("1e999999999999999999999", .max),
            ("-1e999999999999999999999", .min), ("1e-999999999999999999999", 0),
            ("100000000000000000000000000000000", .max),
        ] as [(String, Int64)])
    func `a number of seconds is a moment, to the microsecond`(text: String, microseconds: Int64) throws {
        #expect(try read(text).moment?.microseconds == microseconds)
    }

    @Test func `tens of thousands of digits are read in one pass`() throws {
        let zeros = String(repeating: "0", count: 60_000)
        #expect(try read("1" + zeros).moment == .distantFuture)
        #expect(try read("0." + zeros + "1").moment == Timestamp(seconds: 0))
        #expect(try read("0." + zeros + "1e60001").moment == Timestamp(seconds: 1))
        #expect(try read("1" + zeros + "e-60000").moment == Timestamp(seconds: 1))
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.0", nil), ("1e3", nil), ("1E3", nil),
        ] as [(String, Int64?)])
    func `an integer is one when it is written as one and fits`(text: String, integer: Int64?) throws {
        #expect(try read(text).integer == integer)
    }

    @Test(
        arguments: [
            ("0", 0), ("1.5", 1.5), ("-2e-3", -0.002), ("1e400", .infinity), ("-1e400", -.infinity), ("1e-400", 0),
            ("0.1", 0.1), ("123456789012345678901234567890", 0x1.8ee90ff6c373ep+96),
        ] as [(String, Double)])
    func `a number is the nearest in binary`(text: String, double: Double) throws {
        #expect(try read(text).double == double)
    }

    private func read(_ text: String) throws -> (moment: Timestamp?, integer: Int64?, double: Double?) {
        let bytes = Array(text.utf8)
        var reader = JSONReader(bytes.span.bytes)
        let number = try reader.readNumber()
        return (number?.timestamp, number?.int64, number?.double)
    }
}
