package import Bytes

/// The last lines of an answer, which depend on the time and on the connection: `Date`, `Connection` where it must stand,
/// and the empty line. Made once a second.
package struct AnswerTail {
    /// The second that the lines are of.
    private var second: Int64?
    private var absent: [UInt8] = []
    private var keepAlive: [UInt8] = []
    private var close: [UInt8] = []

    package init() {}

    /// Makes the lines of a moment, if it is another second.
    package mutating func set(to moment: Timestamp) {
        guard moment.seconds != second else { return }
        second = moment.seconds
        let date = "Date: \(HTTPDate.text(moment))\r\n"
        absent = Array("\(date)\r\n".utf8)
        keepAlive = Array("\(date)Connection: keep-alive\r\n\r\n".utf8)
        close = Array("\(date)Connection: close\r\n\r\n".utf8)
    }

    package func bytes(for field: ConnectionField) -> [UInt8] {
        switch field {
        case .absent: absent
        case .keepAlive: keepAlive
        case .close: close
        }
    }
}

/// What an answer says of its connection (RFC 9112 section 9.3).
package enum ConnectionField: UInt8, CaseIterable, Sendable {
    /// Nothing: HTTP/1.1 keeps the connection.
    case absent
    /// `Connection: keep-alive`, which HTTP/1.0 needs.
    case keepAlive
    case close

    init(persists: Bool, version: RequestHead.Version) {
        self = persists ? (version == .http11 ? .absent : .keepAlive) : .close
    }
}

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
        let date = CivilDate(daysSinceEpoch: days)
        let day = "\(pad(date.day)) \(months[date.month - 1]) \(pad(date.year / 100))\(pad(date.year % 100))"
        let time = "\(pad(second / 3_600)):\(pad(second / 60 % 60)):\(pad(second % 60))"
        return "\(weekdays[days % 7]), \(day) \(time) GMT"
    }

    private static func pad(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
