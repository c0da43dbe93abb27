package import Bytes

/// A moment as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7, IMF-fixdate).
package enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Parameter moment: not before 1970, and of a year with four digits.
    package static func text(_ moment: Timestamp) -> String {
        let seconds = Int(min(max(moment.seconds, 0), 253_402_300_799))
        let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = date(daysSinceEpoch: days)
        let time = "\(pad(second / 3_600)):\(pad(second / 60 % 60)):\(pad(second % 60))"
        return
            "\(weekdays[days % 7]), \(pad(day)) \(months[month - 1]) \(pad(year / 100))\(pad(year % 100)) \(time) GMT"
    }

    /// The Gregorian date of a day. Years begin in March here, so that the leap day is the last of its year; then months
    /// have 30.6 days on average.
    private static func date(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
        let year = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let day = dayOfEra - (365 * year + year / 4 - year / 100)
        let month = (5 * day + 2) / 153
        let isNextYear = month > 9
        return (
            era * 400 + year + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3, day - (153 * month + 2) / 5 + 1
        )
    }

    private static func pad(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
