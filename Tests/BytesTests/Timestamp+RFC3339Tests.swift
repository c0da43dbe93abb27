import Bytes
import Testing

@Suite struct TimestampRFC3339Tests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.000001Z", 1),
            ("1970-01-01T00:00:00.1Z", 100_000),
            ("1970-01-01T00:00:00.123456789Z", 123_456),
            ("1970-01-01T00:00:00.999999999Z", 999_999),
            ("1969-12-31T23:59:59.5Z", -500_000),
            ("1970-01-01t00:00:01z", 1_000_000),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1969-12-31T16:00:00-08:00", 0),
            ("1970-01-01T00:00:00-00:00", 0),
            ("1970-01-01T23:59:59+23:59", 59_000_000),
            ("2026-11-21T05:00:00.123456789Z", 1_795_237_200_123_456),
            ("2000-02-29T12:00:00Z", 951_825_600_000_000),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
            ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
            // RFC 3339 section 5.8.
            ("1985-04-12T23:20:50.52Z", 482_196_050_520_000),
            ("1996-12-19T16:39:57-08:00", 851_042_397_000_000),
            ("1990-12-31T23:59:60Z", 662_688_000_000_000),
            ("1990-12-31T15:59:60-08:00", 662_688_000_000_000),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130_000),
        ] as [(String, Int64)])
    func `a date-time is its microseconds since the epoch`(text: String, microseconds: Int64) {
        #expect(parse(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "1970", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-01-01T00:00Z",
        "1970-1-01T00:00:00Z",
        "1970-01-01T0:00:00Z", "19700101T000000Z", "1970-01-01T00:00:00Z ", " 1970-01-01T00:00:00Z",
        "1970-01-01T00:00:00ZZ",
        "1970-00-01T00:00:00Z", "1970-13-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-32T00:00:00Z",
        "1970-04-31T00:00:00Z", "1970-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2023-02-29T00:00:00Z",
        "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z",
        "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1234567890Z", "1970-01-01T00:00:00,5Z", "1970-01-01T00:00:00.-1Z",
        "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+00:60", "1970-01-01T00:00:00+0000", "1970-01-01T00:00:00+00",
        "1970-01-01T00:00:00+", "-1970-01-01T00:00:00Z", "+1970-01-01T00:00:00Z", "11970-01-01T00:00:00Z",
        "１970-01-01T00:00:00Z", "1970-01-01T00:00:00\0", "1970-01-01T00:00:00Z\0",
    ])
    func `anything else is no moment`(text: String) {
        #expect(parse(text) == nil)
    }

    @Test func `the first and last day of every month follow one another from year 0 to 9999`() {
        var days: Int64 = -719_528
        for year in 0...9999 {
            let isLeap = year.isMultiple(of: 400) || year.isMultiple(of: 4) && !year.isMultiple(of: 100)
            for (index, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                let (first, last) = (date(year, index + 1, 1), date(year, index + 1, length))
                guard parse(first)?.seconds == days * 86_400,
                    parse(last)?.seconds == (days + Int64(length) - 1) * 86_400
                else {
                    Issue.record("\(first) or \(last)")
                    return
                }
                days += Int64(length)
            }
        }
    }

    @Test(arguments: ["2026-11-21T05:00:00.123456789Z", "1996-12-19T16:39:57-08:00"])
    func `a byte that is replaced makes another moment or none, never a trap`(text: String) {
        let right = Array(text.utf8)
        for index in right.indices {
            for byte in UInt8.min ... .max where byte != right[index] {
                var other = right
                other[index] = byte
                let moment = Timestamp(rfc3339: other.span.bytes)
                if moment == parse(text) { #expect(isSameMoment(byte, right[index], at: index)) }
            }
        }
    }

    /// Small `t` and `z`, and the digits below the microsecond.
    private func isSameMoment(_ byte: UInt8, _ original: UInt8, at index: Int) -> Bool {
        byte == original | 0x20 || (26...28).contains(index) && byte.isDigit
    }

    @Test func `a text cut short is no moment`() {
        let text = "2026-11-21T05:00:00.123456789+01:00"
        for count in 0..<text.count { #expect(parse(String(text.prefix(count))) == nil) }
    }

    private func parse(_ text: String) -> Timestamp? {
        Timestamp(rfc3339: Array(text.utf8).span.bytes)
    }

    private func date(_ year: Int, _ month: Int, _ day: Int) -> String {
        "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T00:00:00Z"
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: width - digits.count) + digits
    }
}
