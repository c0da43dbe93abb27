import Redis
import Telemetry

/// What was counted of being told of changes.
package struct FeedFigures: Sendable {
    /// Changes that were told: keys, and once for each time that the store was emptied.
    package var invalidations = 0
    private var losses = [Int](repeating: 0, count: FeedLoss.allCases.count)

    package init() {}

    package subscript(loss: FeedLoss) -> Int { losses[Int(loss.rawValue)] }

    mutating func count(_ loss: FeedLoss) { losses[Int(loss.rawValue)] += 1 }

    mutating func merge(_ other: FeedFigures) {
        invalidations += other.invalidations
        for index in losses.indices { losses[index] += other.losses[index] }
    }

    func write(to page: inout PrometheusPage) {
        for loss in FeedLoss.allCases { page.add(.feedLosses, labels: [loss.name], value: self[loss]) }
        page.add(.invalidations, value: invalidations)
    }
}

/// Why nothing is answered from memory any more that the store could have told to have changed, or why the store does not tell.
package enum FeedLoss: UInt8, CaseIterable, Sendable {
    /// The server closed the feed.
    case closed
    /// It answers no more.
    case silent
    /// The network says so.
    case unreachable
    case tls
    /// The server does not tell this user of changes, or tells nobody.
    case refused
    /// It sent what is no message of a feed.
    case nonsense
    /// Feed and look-ups have reached two servers.
    case elsewhere
    /// The address leads elsewhere, or the Sentinels do.
    case moved
    /// More changes come than it pays to be told of.
    case storm
    /// The configuration has changed.
    case reload
    /// The connection was lost on which the owner of the feed looks records up.
    case dataConnection
    /// The server does not say everything any more that it is to prove.
    case unproven
    /// The Sentinels don't vouch for the server.
    case unvouched

    /// What metrics call it.
    var name: String {
        switch self {
        case .dataConnection: "data_connection"
        default: "\(self)"
        }
    }

    /// Nil when nothing was lost: we are ending.
    init?(_ failure: ConnectionFailure) {
        switch failure {
        case .closedByServer, .turnedAway: self = .closed
        case .silent, .stuck: self = .silent
        case .unreachable, .unknownHost: self = .unreachable
        case .tls: self = .tls
        case .refused, .unclear(.refused): self = .refused
        case .nonsense, .unsolicited, .mixedUp: self = .nonsense
        case .elsewhere: self = .elsewhere
        case .left, .moved: self = .moved
        case .stormy: self = .storm
        case .reconfigured, .renewed: self = .reload
        case .unproven, .unclear: self = .unproven
        case .stopped: return nil
        }
    }

    /// What the loss of the data connection is to the feed.
    init(ofData failure: ConnectionFailure) {
        switch failure {
        case .left, .moved: self = .moved
        case .reconfigured, .renewed: self = .reload
        default: self = .dataConnection
        }
    }

    /// Whether it counts although nothing was told yet: it is no matter of the network, which the look-ups' connections tell of.
    var countsFromTheStart: Bool { self == .refused || self == .elsewhere }
}
