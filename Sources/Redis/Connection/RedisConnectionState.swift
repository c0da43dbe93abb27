package import Authentication
import Bytes

/// What both conversations with Redis, the data connection's and the feed's, have in common for whoever has the socket: bytes in,
/// bytes out, deadlines. No I/O and no clock: all times are nanoseconds of the steady clock.
package protocol RedisConversation: ~Copyable {
    /// The transport stands.
    mutating func connected(at now: Int64)
    /// The server sent bytes.
    mutating func receive(_ bytes: RawSpan, at now: Int64)
    /// The server ended the connection, in whichever way.
    mutating func breakOff(at now: Int64)
    mutating func close(because failure: ConnectionFailure, at now: Int64)
    /// Expires what has lasted too long.
    mutating func expire(at now: Int64)
    /// When to call `expire` at the latest; nil while nothing is waited for.
    var deadline: Int64? { get }
    /// The connection is gone: the socket is to be closed.
    var isOver: Bool { get }
    /// Whether the set-up is done.
    var isReady: Bool { get }
    var hasOutput: Bool { get }
    /// Gives the bytes for the server to `write`, which says how many are written.
    mutating func send(by write: (RawSpan) -> Int)
}

/// What came of one look-up.
package struct LookUpReply: Sendable {
    /// Which look-up it is.
    package let number: Int
    package let query: RecordQuery
    package let reply: RecordReply
    /// The error that the server answered with.
    package let error: RedisErrorCode?
    /// From sending the command to its reply, in nanoseconds; nil when the server has not replied.
    package let duration: Int64?
}

/// What came of asking for one record of a trial.
package struct TrialOutcome: Sendable {
    package let trial: Int
    package let kind: RecordQuery.Kind
    /// Why such records can't be read, in words of ours; nil when they can.
    package let refusal: String?

    init(_ reply: RedisReply, trial: Int, kind: RecordQuery.Kind) {
        self.trial = trial
        self.kind = kind
        refusal =
            switch reply.head {
            case .bulk, .null, .oversized: nil
            case .error: (reply.error ?? .other).words
            case .status, .integer, .array: "it answered otherwise than redis does; is it one?"
            }
    }
}

/// The data connection to Redis, without the I/O: set-up, look-ups, heartbeats, proofs (contract section 6). Performs what
/// `CommandPipeline` says.
///
/// Takes bytes of the server, and look-ups. Gives bytes for the server, a reply to each look-up, and what happens to the connection.
/// Imports Bytes, Authentication for the records, swift-collections and hiredis's reader.
package struct RedisConnectionState: RedisConversation, ~Copyable {
    /// What happens to the connection, in order.
    package enum Event: Sendable {
        /// Set up, and the server may be believed: records can be read.
        case ready
        /// The server was there, and the one that it should be as far as it says, when it got the heartbeat that was sent then.
        case proven(sent: Int64, ServerID?, ProofGap?)
        /// The server tells of changes where it was told to, unless there is an error.
        case redirected(RedisErrorCode?)
        case tried(TrialOutcome)
        /// Once, and last: it is gone, or never came about.
        case closed(ConnectionFailure)
    }

    /// What a connection is told once.
    package struct Options: Sendable {
        package var address: RedisAddress
        /// For the connection with its TLS handshake and its set-up together, in nanoseconds.
        package var connectTimeout: Int64
        /// For one look-up, in nanoseconds.
        package var commandTimeout: Int64
        /// How many commands may be outstanding.
        package var maximumPending: Int
        package var role: RequiredRole
        /// What the keys begin with whose changes are told; empty: all keys.
        package var trackedPrefixes: [String]
        /// Whether it is read when users' records end, while changes are told: without that an end could not be told from a purge.
        package var readsUserEnds: Bool

        package init(
            address: RedisAddress, connectTimeout: Duration, commandTimeout: Duration, maximumPending: Int,
            role: RequiredRole = .primary, trackedPrefixes: [String] = [], readsUserEnds: Bool = false
        ) {
            self.address = address
            self.connectTimeout = connectTimeout.nanoseconds
            self.commandTimeout = commandTimeout.nanoseconds
            self.maximumPending = maximumPending
            self.role = role
            self.trackedPrefixes = trackedPrefixes
            self.readsUserEnds = readsUserEnds
        }
    }

    /// A record that was found says itself whether it is the one; that there is none says nothing. So a null is believed only of
    /// a server that proves itself after it said so: one that was demoted has lost its data, and replies that are out of step
    /// are other questions'. A query may do without (`RecordQuery.absenceNeedsProof`).
    private struct Absence {
        let number: Int
        let query: RecordQuery
        let sent: Int64
        let duration: Int64
    }

    /// A round for absences begins when this has passed since the last one, in nanoseconds, or when so many wait: it has fewer
    /// questions than they were, so a flood of made-up cookies is none of rounds.
    private static let (proofInterval, absencesTogether) = (Int64(5_000_000), 16)

    private let options: Options
    /// Shared by the connections that follow each other at one address.
    private let mismatches: MismatchQuota
    private var pipeline: CommandPipeline<Int>
    private var proof: ServerProof
    /// Rounds of the proof's questions that are not answered.
    private var rounds = 0
    /// Those that wait for the next round to be answered.
    private var absences: [Absence] = []
    /// From when on an absence may begin a round again.
    private var nextProof = Int64.min
    /// Set while the worker is told of changes at this connection's server: then it is read when users' records end.
    package var areChangesTold = false
    /// When the record ends whose reply comes next.
    private var nextEnd: Int64?
    /// Set from when the server is told to tell another connection of changes.
    private var isTracking = false
    /// Nil while it reads.
    private var reader: ReplyReader? = ReplyReader()
    /// Until when the set-up must be done.
    private let readyBy: Int64
    /// Commands that were not written yet.
    private var outgoing = CommandBuffer()
    private var replies: [LookUpReply] = []
    private var events: [Event] = []
    package private(set) var isOver = false

    package init(_ options: Options, mismatches: MismatchQuota, at now: Int64) {
        self.options = options
        self.mismatches = mismatches
        pipeline = CommandPipeline(
            setUp: SetUpCommand.commands(for: options.address), commandTimeout: options.commandTimeout,
            limit: options.maximumPending)
        proof = ServerProof(options.role, prefixes: options.trackedPrefixes)
        readyBy = now + options.connectTimeout
    }

    package var isReady: Bool { pipeline.isReady }

    package mutating func connected(at now: Int64) {
        for command in pipeline.connected() { outgoing.append(command.arguments) }
        prove(at: now)
    }

    /// Exchanges the events that have happened for an empty list.
    package mutating func takeEvents(into list: inout [Event]) {
        swap(&events, &list)
    }

    /// Exchanges the replies that have come for an empty list.
    package mutating func takeReplies(into list: inout [LookUpReply]) {
        swap(&replies, &list)
    }

    package var hasOutput: Bool { !outgoing.isEmpty }

    package mutating func send(by write: (RawSpan) -> Int) {
        outgoing.send(by: write)
    }
}

// What is asked.
extension RedisConnectionState {
    /// Asks for a record; the reply has this number, and comes once.
    package mutating func ask(_ query: RecordQuery, number: Int, at now: Int64) {
        let withEnd = options.readsUserEnds && areChangesTold && query.kind == .user
        switch pipeline.admit(query, for: number, withEnd: withEnd, at: now) {
        case .send:
            if withEnd { outgoing.appendTimeToLive(of: query.key) }
            outgoing.appendGet(of: query.key)
        case .refused(let failure): reply(.unavailable(failure), to: query, number)
        }
    }

    /// Sends a heartbeat: a round of the proof.
    ///
    /// Also while earlier rounds are unanswered, and while the connection is being proven: so each look-up has a round in front of
    /// it that was sent at most one interval earlier. A server that was demoted longer ago than that fails the round, and the
    /// connection is closed before the look-up's reply is taken. (`Tests/Model` holds the bound that follows.)
    package mutating func beat(at now: Int64) {
        if pipeline.isOpen { prove(at: now) }
    }

    private mutating func prove(at now: Int64) {
        let nonce = UInt64.random(in: .min ... .max)
        rounds += 1
        for question in ServerProof.Question.allCases where question != .tracking || isTracking {
            var command = question.rawValue.split(separator: " ").map { word in Array(word.utf8) }
            if question == .nonce { command.append(ServerProof.text(of: nonce)) }
            ask(.proof(question, nonce: nonce), command, at: now)
        }
    }

    /// Has the server tell another connection of changes to records from now on.
    ///
    /// In broadcast mode, which costs the server no memory: otherwise it remembers every key that was asked for, also
    /// those of made-up cookies. Turned off before, because a server refuses a prefix that this connection has already.
    /// Whom the connection leads to is asked behind it: it may be another server than the other connection's.
    package mutating func redirect(to client: Int64, at now: Int64) {
        isTracking = true
        ask(.untracking, ["CLIENT", "TRACKING", "OFF"], at: now)
        let words = ["CLIENT", "TRACKING", "ON", "REDIRECT", String(client), "BCAST"]
        // None of the prefixes begins another.
        ask(.redirection(client), words + options.trackedPrefixes.flatMap { ["PREFIX", $0] }, at: now)
        prove(at: now)
    }

    /// Asks for records to see whether they can be read.
    package mutating func ask(_ queries: [RecordQuery], trial number: Int, at now: Int64) {
        for query in queries where pipeline.admit(.trial(number, query.kind), at: now) {
            outgoing.appendGet(of: query.key)
        }
    }

    private mutating func ask(_ purpose: CommandPurpose, _ command: [String], at now: Int64) {
        ask(purpose, command.map { word in Array(word.utf8) }, at: now)
    }

    private mutating func ask(_ purpose: CommandPurpose, _ command: [[UInt8]], at now: Int64) {
        guard pipeline.admit(purpose, at: now) else { return }
        outgoing.append(command)
    }
}

// What comes.
extension RedisConnectionState {
    package mutating func receive(_ bytes: RawSpan, at now: Int64) {
        pipeline.heard(at: now)
        // Taken out, because each reply is given to `self` while the reader still has it.
        guard var reader = reader.take() else { return }
        do throws(ReplyError) {
            try reader.read(bytes) { reply in
                receive(reply, at: now)
                return !isOver
            }
        } catch {
            close(because: .nonsense(error), at: now)
        }
        self.reader = consume reader
    }

    private mutating func receive(_ reply: RedisReply, at now: Int64) {
        let error = reply.error
        switch pipeline.received(error: error, at: now) {
        case .settingUp: break
        case .late: nextEnd = nil
        case .timeToLive(let sent): nextEnd = reply.recordEnd(askedAt: sent, now: now)
        case .setUpRefused(let command, let error): close(because: .refused(command, error), at: now)
        case .unsolicited: close(because: .unsolicited, at: now)
        case .answered(let query, let sent, let number): answered(query, sent, number, by: reply, error, at: now)
        case .tried(let number, let kind): events.append(.tried(TrialOutcome(reply, trial: number, kind: kind)))
        case .proof(let question, let nonce, let sent):
            go(on: proof.answered(question, by: ProofAnswer(reply), nonce: nonce), sent: sent, at: now)
        case .untracked: proof.redirected(to: nil)
        case .redirected(let client, let error):
            if error == nil { proof.redirected(to: client) }
            events.append(.redirected(error))
        }
    }

    private mutating func go(on progress: ServerProof.Progress, sent: Int64, at now: Int64) {
        switch progress {
        case .open: break
        case .failed(let failure): close(because: .unproven(failure), at: now)
        case .done(let server, let gap):
            rounds -= 1
            // Replies come in the order of the questions: whatever was said before this was asked before the round.
            for absence in absences { reply(.missing, to: absence.query, absence.number, after: absence.duration) }
            absences = []
            if pipeline.proven() { events.append(.ready) }
            events.append(.proven(sent: sent, server, gap))
        }
    }

    private mutating func answered(
        _ query: RecordQuery, _ sent: Int64, _ number: Int?, by reply: RedisReply, _ error: RedisErrorCode?,
        at now: Int64
    ) {
        let record = reply.record(for: query, endingAt: nextEnd.take())
        if let number {
            if case .missing = record, query.absenceNeedsProof {
                absences.append(Absence(number: number, query: query, sent: sent, duration: now - sent))
            } else {
                self.reply(record, to: query, number, error: error, after: now - sent)
            }
        }
        // The replies to come may be other commands' too, and none may be believed. One record that is wrong where it lies
        // must not cost connection after connection, though.
        if case .unreadable(.mismatched) = record, mismatches.admit(query.key, at: now) {
            close(because: .mixedUp, at: now)
        }
    }

    /// Begins a round for the absences that wait for one. It is due as soon as they wait, so that the absences of one read share
    /// one.
    private mutating func proveAbsences(at now: Int64) {
        guard let due = absencesDue, now >= due else { return }
        nextProof = now + Self.proofInterval
        prove(at: now)
    }

    /// When to begin a round for absences; nil when none wait, or a round is on its way.
    private var absencesDue: Int64? {
        guard !absences.isEmpty, rounds == 0 else { return nil }
        return absences.count >= Self.absencesTogether ? .min : nextProof
    }
}

// What ends.
extension RedisConnectionState {
    package mutating func breakOff(at now: Int64) {
        close(because: isReady ? .closedByServer : .turnedAway, at: now)
    }

    package mutating func close(because failure: ConnectionFailure, at now: Int64) {
        guard !isOver else { return }
        isOver = true
        for command in pipeline.closed() { fail(command, failure.storeFailure) }
        for absence in absences { reply(.unavailable(failure.storeFailure), to: absence.query, absence.number) }
        absences = []
        events.append(.closed(failure))
    }

    package mutating func expire(at now: Int64) {
        guard !isOver else { return }
        guard isReady || now < readyBy else { return close(because: .silent, at: now) }
        let elapsed = pipeline.elapsed(at: now)
        for command in elapsed.timedOut { fail(command, .timedOut) }
        expireAbsences(at: now)
        proveAbsences(at: now)
        if elapsed.isStuck { close(because: .stuck, at: now) }
    }

    private mutating func expireAbsences(at now: Int64) {
        while let first = absences.first, first.sent + options.commandTimeout <= now {
            reply(.unavailable(.timedOut), to: first.query, first.number)
            absences.removeFirst()
        }
    }

    private mutating func fail(_ command: PendingCommand<Int>, _ failure: StoreFailure) {
        guard let query = command.query, let number = command.waiter else { return }
        reply(.unavailable(failure), to: query, number)
    }

    package var deadline: Int64? {
        guard !isOver else { return nil }
        guard isReady else { return readyBy }
        let expiry = absences.first.map { $0.sent + options.commandTimeout }
        let next = min(pipeline.nextDeadline ?? .max, expiry ?? .max, absencesDue ?? .max)
        return next == .max ? nil : next
    }

    private mutating func reply(
        _ reply: RecordReply, to query: RecordQuery, _ number: Int, error: RedisErrorCode? = nil,
        after duration: Int64? = nil
    ) {
        replies.append(LookUpReply(number: number, query: query, reply: reply, error: error, duration: duration))
    }
}
