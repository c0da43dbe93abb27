/// Says whether a record that is not the one asked for may cost its connection: at most once a minute for one key.
///
/// Replies that are out of step show it at many keys, and the connection is to be closed at the first. A record that was
/// stored with another's id shows it at one key, again and again, and no new connection mends that. An object, because it
/// outlives connections.
package final class MismatchQuota {
    private static let interval: Int64 = 60_000_000_000
    /// Beyond so many keys in a minute no connection is closed: a new one has not helped, as often as that.
    private static let maximumKeys = 64

    /// When a key may cost a connection again.
    private var nextAt: [[UInt8]: Int64] = [:]

    package init() {}

    package func admit(_ key: [UInt8], at now: Int64) -> Bool {
        if let moment = nextAt[key] { guard now >= moment else { return false } }
        if nextAt.count >= Self.maximumKeys { nextAt = nextAt.filter { $0.value > now } }
        guard nextAt.count < Self.maximumKeys else { return false }
        nextAt[key] = now + Self.interval
        return true
    }
}
