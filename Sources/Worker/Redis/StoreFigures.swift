package import Authentication
package import Telemetry

/// What one event loop counted of its look-ups. Those of several loops can be added up.
package struct StoreFigures: Sendable {
    package enum Result: UInt8, CaseIterable, Sendable {
        case found, missing, unreadable, mismatched, disconnected, timedOut, refused, overloaded, notPrimary
    }

    private var counts = [Int](repeating: 0, count: RecordQuery.Kind.allCases.count * Result.allCases.count)
    /// From sending a command to its reply; look-ups without a reply don't count.
    package private(set) var durations = DurationHistogram()
    /// Connections that are ready: 0 or 1 of one loop.
    package var connections = 0
    /// What the server says that it is: nil where records are not in Redis; of several loops, that of the worst off.
    package var role: Role?
    /// Since when the connection is ready, on the steady clock, in nanoseconds: nil while it is not; of several loops, the youngest.
    package internal(set) var connectedAt: Int64?
    /// Look-ups that are not answered; of several loops, of the one that has most.
    package internal(set) var pending = 0
    /// How often a connection was made anew.
    package internal(set) var reconnects = 0
    /// How long ago the server last proved that it may be believed: nil before the first time; of several loops, the longest.
    package var proofAge: Duration?
    package internal(set) var feed = FeedFigures()

    /// As the metric has it.
    package enum Role: Int, Comparable, Sendable {
        case none, primary, replica

        package static func < (one: Role, other: Role) -> Bool { one.rawValue < other.rawValue }
    }

    package init() {}

    package subscript(kind: RecordQuery.Kind, result: Result) -> Int { counts[Self.index(of: kind, result: result)] }

    mutating func count(_ kind: RecordQuery.Kind, result: Result) {
        counts[Self.index(of: kind, result: result)] += 1
    }

    mutating func record(nanoseconds: Int64) {
        durations.record(nanoseconds: nanoseconds)
    }

    package mutating func merge(_ other: StoreFigures) {
        for index in counts.indices { counts[index] += other.counts[index] }
        durations.merge(other.durations)
        connections += other.connections
        reconnects += other.reconnects
        pending = max(pending, other.pending)
        if let other = other.connectedAt { connectedAt = max(connectedAt ?? other, other) }
        if let age = other.proofAge { proofAge = max(proofAge ?? age, age) }
        feed.merge(other.feed)
        if let other = other.role {
            // A loop without a server is worse off than any, and one with a replica than one with the primary.
            role = role.map { $0 == .none || other == .none ? .none : max($0, other) } ?? other
        }
    }

    /// Adds the store's metrics to a page.
    package func write(to page: inout PrometheusPage) {
        for kind in RecordQuery.Kind.allCases {
            for result in Result.allCases {
                page.add(.storeLookUps, labels: ["\(kind.name)", result.name], value: self[kind, result])
            }
        }
        page.add(.storeDuration, histogram: durations)
        page.add(.storeConnected, value: connections)
        page.add(.storeRole, value: role?.rawValue ?? 0)
        page.add(.storeReconnects, value: reconnects)
        if let proofAge { page.add(.storeProofAge, seconds: proofAge / .seconds(1)) }
        feed.write(to: &page)
    }

    private static func index(of kind: RecordQuery.Kind, result: Result) -> Int {
        Int(kind.rawValue) * Result.allCases.count + Int(result.rawValue)
    }
}

extension StoreFigures.Result {
    /// What metrics call it.
    fileprivate var name: String {
        switch self {
        case .timedOut: "timed_out"
        case .notPrimary: "not_primary"
        default: "\(self)"
        }
    }

    init(_ reply: RecordReply) {
        switch reply {
        case .found: self = .found
        case .missing: self = .missing
        case .unreadable(.mismatched): self = .mismatched
        case .unreadable: self = .unreadable
        case .unavailable(let failure): self.init(failure)
        }
    }

    init(_ failure: StoreFailure) {
        switch failure {
        case .disconnected: self = .disconnected
        case .timedOut: self = .timedOut
        case .refused: self = .refused
        case .overloaded: self = .overloaded
        case .notPrimary: self = .notPrimary
        }
    }
}
