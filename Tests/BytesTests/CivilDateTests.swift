import Bytes
import Testing

@Suite struct CivilDateTests {
    @Test(arguments: [
        (0, 1970, 1, 1), (-1, 1969, 12, 31), (11_016, 2000, 2, 29), (11_017, 2000, 3, 1), (47_540, 2100, 2, 28),
        (47_541, 2100, 3, 1), (-719_468, 0, 3, 1), (-719_469, 0, 2, 29), (-719_528, 0, 1, 1), (-719_529, -1, 12, 31),
        (2_932_896, 9999, 12, 31),
    ])
    func `a day has its date, and a date its day`(days: Int, year: Int, month: Int, day: Int) {
        let date = CivilDate(daysSinceEpoch: days)
        #expect(date == CivilDate(year: year, month: month, day: day))
        #expect(date.daysSinceEpoch == days)
    }

    @Test func `each day of eight centuries follows the one before`() {
        var last = CivilDate(daysSinceEpoch: -146_098)
        for days in -146_097...146_097 {
            let date = CivilDate(daysSinceEpoch: days)
            guard date.daysSinceEpoch == days else {
                Issue.record("\(date) is day \(date.daysSinceEpoch)")
                return
            }
            let isNext =
                switch (date.month, date.day) {
                case (1, 1): date.year == last.year + 1 && last.month == 12 && last.day == 31
                case (_, 1): date.year == last.year && date.month == last.month + 1 && last.day >= 28
                default: date.year == last.year && date.month == last.month && date.day == last.day + 1
                }
            guard isNext else {
                Issue.record("\(date) follows \(last)")
                return
            }
            last = date
        }
    }

    @Test(arguments: [
        (2000, 0, 1), (2000, 13, 1), (2000, 1, 0), (2001, 2, 29), (1900, 2, 29), (2000, 2, 30), (2000, 4, 31),
    ])
    func `there is no such date`(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }
}
