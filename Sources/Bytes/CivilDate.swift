/// A date of the Gregorian calendar, extended to before its beginning.
///
/// Years are counted from March on here, so that the leap day is the last of its year and months have 30.6 days on average,
/// and in cycles of the calendar: 400 years, which are 146,097 days.
package struct CivilDate: Hashable, Sendable {
    /// The days from the 1st of March of the year 0 to 1970-01-01.
    private static let epoch = 719_468
    private static let daysPerCycle = 146_097

    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int

    /// Nil for a day that the month does not have.
    package init?(year: Int, month: Int, day: Int) {
        guard 1...12 ~= month, 1...Self.days(inMonth: month, of: year) ~= day else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// - Parameter days: since 1970-01-01; negative before.
    package init(daysSinceEpoch days: Int) {
        let (cycle, dayOfCycle) = (days + Self.epoch).dividedRoundingDown(by: Self.daysPerCycle)
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0)
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    }

    /// Negative before 1970-01-01.
    package var daysSinceEpoch: Int {
        let (cycle, yearOfCycle) = (month > 2 ? year : year - 1).dividedRoundingDown(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
        return cycle * Self.daysPerCycle + dayOfCycle - Self.epoch
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension BinaryInteger {
    /// Quotient and remainder of a division that rounds down, so that the remainder is never negative.
    ///
    /// - Parameter divisor: more than zero.
    func dividedRoundingDown(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
