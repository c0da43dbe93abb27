package import Authentication
package import Redis

/// The data connection to Redis in terms of records, without the I/O: what was asked of `RedisConnectionState`, which knows keys and
/// values alone, and what its replies say of records.
///
/// A value is decoded while the connection reads it, because its bytes don't outlive that, and because a record that is not the one
/// that was asked for ends the connection before its next reply is taken.
package struct RecordConnection: RedisConversation, ~Copyable {
    private var state: RedisConnectionState
    private var pending = PendingRecords()
    /// Shared by the connections that follow each other at one address.
    private let mismatches: MismatchQuota
    /// Whether it is read when users' records end, where that can be known.
    private let readsUserEnds: Bool
    /// What the state replied; empty between two calls, with its storage kept.
    private var replies: [LookUpReply] = []

    package init(_ options: RedisOptions, readsUserEnds: Bool = false, mismatches: MismatchQuota, at now: Int64) {
        state = RedisConnectionState(options, at: now)
        self.readsUserEnds = readsUserEnds
        self.mismatches = mismatches
    }

    /// Set while the worker is told of changes at this connection's server.
    package var areChangesTold: Bool {
        get { state.areChangesTold }
        set { state.areChangesTold = newValue }
    }

    /// Asks for a record; the reply has this number, and comes once.
    package mutating func ask(for query: RecordQuery, number: Int, at now: Int64) {
        state.ask(
            for: query.key, number: pending.add(query, number: number), absenceNeedsProof: query.absenceNeedsProof,
            readsEnd: readsUserEnds && query.kind == .user, at: now)
    }

    /// Asks for records to see whether they can be read.
    package mutating func ask(for queries: [RecordQuery], trial number: Int, at now: Int64) {
        state.ask(for: queries.map(\.key), trial: number, at: now)
    }

    /// Sends a heartbeat.
    package mutating func beat(at now: Int64) { state.beat(at: now) }

    /// Goes on with other credentials.
    package mutating func use(_ credentials: RedisCredentials, at now: Int64) { state.use(credentials, at: now) }

    /// Has the server tell another connection of changes from now on.
    package mutating func redirect(to client: Int64, at now: Int64) { state.redirect(to: client, at: now) }

    package mutating func receive(_ bytes: RawSpan, at now: Int64) {
        Self.receive(bytes, from: &state, into: &pending, mismatches, at: now)
    }

    /// Static, because the records are written to while the state is.
    private static func receive(
        _ bytes: RawSpan, from state: inout RedisConnectionState, into pending: inout PendingRecords,
        _ mismatches: MismatchQuota, at now: Int64
    ) {
        state.receive(bytes, at: now) { place, value in
            guard let mixedUp = pending.take(value, at: place) else { return true }
            // One record that is wrong where it lies must not cost connection after connection.
            return !mismatches.admit(mixedUp.key, at: now)
        }
    }

    /// Appends what came of look-ups since the last call, in the order of their replies.
    package mutating func takeEnded(into list: inout [EndedLookUp]) {
        state.takeReplies(into: &replies)
        for reply in replies {
            if let lookUp = pending.end(with: reply) { list.append(lookUp) }
        }
        replies.removeAll(keepingCapacity: true)
    }

    /// Exchanges the events that have happened for an empty list.
    package mutating func takeEvents(into list: inout [RedisConnectionState.Event]) {
        state.takeEvents(into: &list)
    }
}

// What is the state's alone.
extension RecordConnection {
    package var deadline: Int64? { state.deadline }
    package var isOver: Bool { state.isOver }
    package var isReady: Bool { state.isReady }
    package var role: ReplicationInfo.Role? { state.role }
    package var pendingCount: Int { state.pendingCount }
    package var hasOutput: Bool { state.hasOutput }

    package mutating func connected(at now: Int64) { state.connected(at: now) }
    package mutating func breakOff(at now: Int64) { state.breakOff(at: now) }
    package mutating func close(because failure: ConnectionFailure, at now: Int64) {
        state.close(because: failure, at: now)
    }
    package mutating func expire(at now: Int64) { state.expire(at: now) }
    package mutating func send(by write: (RawSpan) -> Int) { state.send(by: write) }
}

/// What came of one look-up of a record.
package struct EndedLookUp: Sendable {
    /// Which look-up it is.
    package let number: Int
    package let query: RecordQuery
    package let reply: RecordReply
    /// The error that the server answered with.
    package let error: RedisErrorCode?
    /// From sending the command to its reply, in nanoseconds; nil when the server has not replied.
    package let duration: Int64?
}

/// The look-ups that a connection owes replies to, each in a place whose number the connection knows it by.
private struct PendingRecords {
    private struct Place {
        var number: Int
        /// Nil: nobody uses the place.
        var query: RecordQuery?
        /// What its value says, from when that has come to when the look-up ends.
        var record: RecordReply?
    }

    private var places: [Place] = []
    private var free: [Int] = []

    /// - Returns: its place.
    mutating func add(_ query: RecordQuery, number: Int) -> Int {
        guard let place = free.popLast() else {
            places.append(Place(number: number, query: query))
            return places.count - 1
        }
        places[place].number = number
        places[place].query = query
        return place
    }

    /// Decodes a value that has come.
    ///
    /// - Returns: what was asked for, when it is another record than that.
    mutating func take(_ value: RawSpan, at place: Int) -> RecordQuery? {
        guard let query = places[place].query else { return nil }
        let record = RecordReply(record: value, for: query)
        places[place].record = record
        if case .unreadable(.mismatched) = record { return query }
        return nil
    }

    /// Ends the look-up that a reply is to: there is no other to it, so the place is another's from now on.
    mutating func end(with reply: LookUpReply) -> EndedLookUp? {
        guard let query = places[reply.number].query.take() else { return nil }
        free.append(reply.number)
        let value = places[reply.number].record.take()
        var error: RedisErrorCode?
        let record: RecordReply
        switch reply.result {
        case .value(let end): record = value?.ending(at: end) ?? .unavailable(.refused)
        case .missing: record = .missing
        case .oversized: record = .unreadable(.tooLarge)
        case .refused(let code):
            error = code
            record = .unavailable(.refused)
        case .failed(let failure): record = .unavailable(StoreFailure(failure))
        }
        return EndedLookUp(
            number: places[reply.number].number, query: query, reply: record, error: error, duration: reply.duration)
    }
}

extension StoreFailure {
    fileprivate init(_ failure: LookUpFailure) {
        switch failure {
        case .disconnected: self = .disconnected
        case .timedOut: self = .timedOut
        case .refused: self = .refused
        case .notPrimary: self = .notPrimary
        case .overloaded: self = .overloaded
        }
    }
}

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
