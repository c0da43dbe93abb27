extension Timestamp {
    /// The moment that an RFC 3339 date-time names; nil when the text isn't one (RFC 3339 section 5.6).
    ///
    /// Years 0000 to 9999 of the Gregorian calendar, zero to nine fraction digits (those beyond the microsecond are dropped), `Z`
    /// or `±hh:mm`; `T` and `Z` in either case. A leap second, `:60`, is the moment after `:59`.
    package init?(rfc3339 text: RawSpan) {
        var fields = DateTimeFields(text: text)
        guard let date = fields.date(), let clock = fields.clock(), let fraction = fields.fraction(),
            let offset = fields.offset(), fields.isAtEnd
        else { return nil }
        self.init(microseconds: (Int64(date.daysSinceEpoch) * 86_400 + clock - offset) * 1_000_000 + fraction)
    }

    /// The moment as RFC 3339 writes it, in UTC, with milliseconds: `2026-11-21T05:00:00.123Z`. For years 0 to 9999.
    package var rfc3339: String {
        let (days, second) = seconds.dividedRoundingDown(by: 86_400)
        let date = CivilDate(daysSinceEpoch: Int(days))
        let milliseconds = microseconds.dividedRoundingDown(by: 1_000_000).remainder / 1_000
        let time = [second / 3_600, second / 60 % 60, second % 60].map { Self.digits(of: Int($0), width: 2) }
        return Self.digits(of: date.year, width: 4) + "-" + Self.digits(of: date.month, width: 2) + "-"
            + Self.digits(of: date.day, width: 2) + "T" + time.joined(separator: ":") + "."
            + Self.digits(of: Int(milliseconds), width: 3) + "Z"
    }

    private static func digits(of number: Int, width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
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

    /// `yyyy-mm-dd`
    mutating func date() -> CivilDate? {
        guard let year = number(digits: 4, in: 0...9999), take("-"),
            let month = number(digits: 2, in: 1...12), take("-"),
            let day = number(digits: 2, in: 1...31)
        else { return nil }
        return CivilDate(year: Int(year), month: Int(month), day: Int(day))
    }

    /// `Thh:mm:ss`, as seconds of the day.
    mutating func clock() -> Int64? {
        guard take("T", or: "t"), let hour = number(digits: 2, in: 0...23),
            take(":"), let minute = number(digits: 2, in: 0...59),
            take(":"), let second = number(digits: 2, in: 0...60)
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    /// `.` and one to nine digits, in microseconds; 0 when there is no point.
    mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        let start = position
        let end = min(start &+ 9, text.byteCount)
        var nanoseconds: Int64 = 0
        while position < end, text[byte: position].isDigit {
            nanoseconds = nanoseconds &* 10 &+ Int64(text[byte: position] &- 0x30)
            position &+= 1
        }
        guard position > start else { return nil }
        for _ in (position &- start)..<9 { nanoseconds &*= 10 }
        return nanoseconds / 1000
    }

    /// `Z`, or `±hh:mm` as seconds east of Greenwich.
    mutating func offset() -> Int64? {
        if take("Z", or: "z") { return 0 }
        let isWest = take("-")
        guard isWest || take("+"), let hours = number(digits: 2, in: 0...23),
            take(":"), let minutes = number(digits: 2, in: 0...59)
        else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }

    @inline(__always)
    private mutating func take(_ character: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard position < text.byteCount else { return false }
        let byte = UInt32(text[byte: position])
        guard byte == character.value || byte == other?.value else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private mutating func number(digits: Int, in range: ClosedRange<Int64>) -> Int64? {
        guard position &+ digits <= text.byteCount else { return nil }
        var number: Int64 = 0
        for _ in 0..<digits {
            guard text[byte: position].isDigit else { return nil }
            number = number &* 10 &+ Int64(text[byte: position] &- 0x30)
            position &+= 1
        }
        return range.contains(number) ? number : nil
    }
}
