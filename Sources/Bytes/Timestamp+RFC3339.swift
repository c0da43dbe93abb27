extension Timestamp {
    /// The moment that an RFC 3339 date-time names; nil when the text isn't one (RFC 3339 section 5.6).
    ///
    /// Years 0000 to 9999 of the Gregorian calendar, zero to nine fraction digits (those beyond the microsecond are dropped), `Z`
    /// or `±hh:mm`; `T` and `Z` in either case. A leap second, `:60`, is the moment after `:59`.
    package init?(rfc3339 text: RawSpan) {
        var fields = DateTimeFields(text: text)
        guard let days = fields.date(), let clock = fields.clock(), let fraction = fields.fraction(),
            let offset = fields.offset(), fields.isAtEnd
        else { return nil }
        self.init(microseconds: (days * 86_400 + clock - offset) * 1_000_000 + fraction)
    }
}

/// Reads the parts of a date-time from left to right; each is nil when it isn't there or out of its range.
private struct DateTimeFields: ~Escapable {
    private let text: RawSpan
    private var position = 0

    @_lifetime(copy text)
    init(text: RawSpan) {
        self.text = text
    }

    var isAtEnd: Bool { position == text.byteCount }

    /// `yyyy-mm-dd`, as days since 1970-01-01.
    mutating func date() -> Int64? {
        guard let year = number(digits: 4, in: 0...9999), take("-", or: "-"),
            let month = number(digits: 2, in: 1...12), take("-", or: "-"),
            let day = number(digits: 2, in: 1...Self.days(in: month, of: year))
        else { return nil }
        return Self.daysSinceEpoch(year: year, month: month, day: day)
    }

    /// `Thh:mm:ss`, as seconds of the day.
    mutating func clock() -> Int64? {
        guard take("T", or: "t"), let hour = number(digits: 2, in: 0...23),
            take(":", or: ":"), let minute = number(digits: 2, in: 0...59),
            take(":", or: ":"), let second = number(digits: 2, in: 0...60)
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    /// `.` and one to nine digits, in microseconds; 0 when there is no point.
    mutating func fraction() -> Int64? {
        guard take(".", or: ".") else { return 0 }
        let start = position
        var nanoseconds: Int64 = 0
        while position < text.byteCount, text[byte: position].isDigit, position - start < 9 {
            nanoseconds = nanoseconds * 10 + Int64(text[byte: position] - 0x30)
            position += 1
        }
        guard position > start else { return nil }
        for _ in (position - start)..<9 { nanoseconds *= 10 }
        return nanoseconds / 1000
    }

    /// `Z`, or `±hh:mm` as seconds east of Greenwich.
    mutating func offset() -> Int64? {
        if take("Z", or: "z") { return 0 }
        let isWest = take("-", or: "-")
        guard isWest || take("+", or: "+"), let hours = number(digits: 2, in: 0...23),
            take(":", or: ":"), let minutes = number(digits: 2, in: 0...59)
        else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }

    @inline(__always)
    private mutating func take(_ one: Unicode.Scalar, or other: Unicode.Scalar) -> Bool {
        guard position < text.byteCount else { return false }
        let byte = UInt32(text[byte: position])
        guard byte == one.value || byte == other.value else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private mutating func number(digits: Int, in range: ClosedRange<Int64>) -> Int64? {
        guard position + digits <= text.byteCount else { return nil }
        var number: Int64 = 0
        for _ in 0..<digits {
            guard text[byte: position].isDigit else { return nil }
            number = number * 10 + Int64(text[byte: position] - 0x30)
            position += 1
        }
        return range.contains(number) ? number : nil
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Counts years from March, so that the leap day is a year's last.
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let years = month > 2 ? year : year - 1
        // One cycle of the calendar (400 years, 146,097 days) earlier, so that no division is of a negative number.
        let shifted = years + 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468 - 146_097
    }
}
