package import Authentication
package import NIOCore

/// What is spoken with Redis on one connection: bytes in, replies out. Performs what `ConnectionState` says.
///
/// It does no I/O and has no clock. Whoever has the socket tells it what came and how late it is, and writes what it has to
/// say. So it can be spoken on an event loop of NIO's, or by the thread that asks; on one thread at a time.
package final class RedisLine {
    /// What the server answered to what was asked for ourselves.
    package enum Answer: Sendable {
        /// It was there, and the one that it should be as far as it says, when it got the heartbeat that was sent then.
        case proof(sent: NIODeadline, ServerID?, ProofGap?)
        /// It tells of changes where it was told to, unless there is an error.
        case redirection(RedisErrorCode?)
        case trial(TrialOutcome)
    }

    /// What happens to the connection.
    package enum News: Sendable {
        /// Set up, and the server may be believed: records can be asked for.
        case ready
        case answered(Answer)
        /// Once, and last: it is gone, or never came about.
        case closed(ConnectionFailure)
    }

    /// A record that was found says itself whether it is the one; that there is none says nothing. So it is only believed of
    /// a server that proves itself after it said so: one that was demoted has lost its data, and replies that are out of step
    /// are other questions'. Who asks may do without (`RecordQuery.absenceNeedsProof`).
    private struct Absence {
        let number: Int
        let sent: NIODeadline
    }

    /// A round for absences begins when this has passed since the last one, or when so many wait: it has fewer questions than they
    /// were, so a flood of made-up cookies is none of rounds.
    private static let (proofInterval, absencesTogether) = (TimeAmount.milliseconds(5), 16)

    private var state: ConnectionState<Int>
    private var proof: ServerProof
    /// Rounds of the proof's questions that are not answered.
    private var rounds = 0
    /// Those that wait for the next round to be answered.
    private var absences: [Absence] = []
    /// When an absence may ask for a round again.
    private var nextProof = NIODeadline.distantPast
    private let commandTimeout: TimeAmount
    /// Whether it is asked how long users' records live, too: while changes are told, for without that nobody may know.
    private let readsUserEnds: Bool
    /// When the record ends whose reply comes next, on the steady clock, in nanoseconds.
    private var nextEnd: Int64?
    /// The server was told to tell another connection of changes.
    private var isTracking = false
    private var reader = ReplyReader()
    private let journal: StoreJournal
    /// Until when the set-up must be done.
    private let readyBy: NIODeadline
    /// Who keeps the connection.
    private var tell: (News) -> Void
    /// Commands that were not written yet.
    private var outgoing = CommandBuffer()
    /// Replies that were not handed out yet.
    private var replies: [NumberedReply] = []
    /// The connection is gone: the socket is to be closed.
    package private(set) var isOver = false

    init(
        _ configuration: RedisConfiguration, journal: StoreJournal, at now: NIODeadline, tell: @escaping (News) -> Void
    ) {
        self.state = ConnectionState(
            setUp: SetUpCommand.commands(for: configuration.address), commandTimeout: configuration.commandTimeout,
            limit: configuration.maximumPending)
        self.proof = ServerProof(configuration.role, prefixes: configuration.trackedPrefixes)
        self.readyBy = now + configuration.connectTimeout
        self.commandTimeout = configuration.commandTimeout
        self.readsUserEnds = configuration.readsUserEnds
        self.journal = journal
        self.tell = tell
    }

    var isReady: Bool { state.isReady }

    /// Another one keeps the connection from now on.
    func report(to tell: @escaping (News) -> Void) {
        self.tell = tell
    }

    /// The transport stands.
    func connected(at now: NIODeadline) {
        for command in state.connected() { outgoing.append(command.arguments) }
        prove(at: now)
    }

    /// Asks for a record; the reply has this number.
    package func ask(_ query: RecordQuery, number: Int, at now: NIODeadline) {
        let withEnd = readsUserEnds && isTracking && query.kind == .user
        switch state.asked(query, by: number, withEnd: withEnd, at: now) {
        case .send:
            if withEnd { outgoing.appendTimeToLive(query.key) }
            outgoing.appendGet(query.key)
        case .refused(let failure):
            journal.failed(query.kind, failure, at: now)
            reply(.unavailable(failure), to: number)
        }
    }

    /// Asks whether the server is still there, and still the one that it should be; once the last answers have come.
    func beat(at now: NIODeadline) {
        if isReady, rounds == 0 { prove(at: now) }
    }

    private func prove(at now: NIODeadline) {
        let nonce = UInt64.random(in: .min ... .max)
        rounds += 1
        for question in ServerProof.Question.allCases where question != .tracking || isTracking {
            var command = question.rawValue.split(separator: " ").map { word in Array(word.utf8) }
            if question == .nonce { command.append(ServerProof.text(nonce)) }
            ask(.proof(question, nonce: nonce), command, at: now)
        }
    }

    /// Has the server tell another connection of changes to records from now on.
    ///
    /// In broadcast mode, which costs the server no memory: otherwise it remembers every key that was asked for, also
    /// those of made-up cookies. Turned off before, because a server refuses a prefix that this connection has already.
    /// Whom the connection leads to is asked behind it: it may be another server than the other connection's.
    ///
    /// - Parameter prefixes: what the keys of the records begin with; none of them begins another. Empty: all keys.
    func redirect(to client: Int64, prefixes: [String], at now: NIODeadline) {
        isTracking = true
        ask(.untracking, ["CLIENT", "TRACKING", "OFF"], at: now)
        let words = ["CLIENT", "TRACKING", "ON", "REDIRECT", String(client), "BCAST"]
        ask(.redirection(client), words + prefixes.flatMap { ["PREFIX", $0] }, at: now)
        prove(at: now)
    }

    /// Asks for records to see whether they can be had.
    func ask(_ queries: [RecordQuery], trial number: Int, at now: NIODeadline) {
        for query in queries where state.asked(.trial(number, query.kind), at: now) { outgoing.appendGet(query.key) }
    }

    private func ask(_ purpose: CommandPurpose, _ command: [String], at now: NIODeadline) {
        ask(purpose, command.map { word in Array(word.utf8) }, at: now)
    }

    private func ask(_ purpose: CommandPurpose, _ command: [[UInt8]], at now: NIODeadline) {
        guard state.asked(purpose, at: now) else { return }
        outgoing.append(command)
    }

    /// The server sent bytes.
    package func receive(_ bytes: RawSpan, at now: NIODeadline) {
        state.heard(at: now)
        do throws(ReplyError) {
            try reader.read(bytes) { reply in
                receive(reply, at: now)
                return !isOver
            }
        } catch {
            close(because: .nonsense(error), at: now)
        }
    }

    private func receive(_ reply: RedisReply, at now: NIODeadline) {
        let error = reply.error
        switch state.received(error: error, at: now) {
        case .settingUp: break
        case .late: nextEnd = nil
        case .timeToLive(let sent): nextEnd = reply.recordEnd(askedAt: sent, now: now)
        case .setUpRefused(let command, let error): close(because: .refused(command, error), at: now)
        case .unsolicited: close(because: .unsolicited, at: now)
        case .answered(let query, let sent, let number): answered(query, sent, number, by: reply, error, at: now)
        case .tried(let number, let kind): tell(.answered(.trial(TrialOutcome(reply, trial: number, kind: kind))))
        case .proof(let question, let nonce, let sent):
            go(on: proof.answered(question, ProofAnswer(reply), nonce: nonce), sent: sent, at: now)
        case .untracked: proof.redirected(to: nil)
        case .redirected(let client, let error):
            if error == nil { proof.redirected(to: client) }
            tell(.answered(.redirection(error)))
        }
    }

    private func go(on progress: ServerProof.Progress, sent: NIODeadline, at now: NIODeadline) {
        switch progress {
        case .open: break
        case .failed(let failure): close(because: .unproven(failure), at: now)
        case .done(let server, let gap):
            rounds -= 1
            // Replies come in the order of the questions: whatever was said before this was asked before the round.
            for absence in absences { reply(.missing, to: absence.number) }
            absences = []
            if state.proven() { tell(.ready) }
            tell(.answered(.proof(sent: sent, server, gap)))
        }
    }

    private func answered(
        _ query: RecordQuery, _ sent: NIODeadline, _ number: Int?, by reply: RedisReply, _ error: RedisErrorCode?,
        at now: NIODeadline
    ) {
        let record = reply.record(for: query, endingAt: nextEnd.take())
        journal.answered(query.kind, record, error: error, after: now - sent, at: now)
        if let number {
            if case .missing = record, query.absenceNeedsProof {
                absences.append(Absence(number: number, sent: sent))
            } else {
                self.reply(record, to: number)
            }
        }
        // The replies to come may be other commands' too: nobody may believe them. One record that is wrong where it lies
        // must not cost connection after connection, though.
        if case .unreadable(.mismatched) = record, journal.suspectsConnection(over: query.key, at: now) {
            close(because: .mixedUp, at: now)
        }
    }

    /// Begins a round for those that wait for one. The time for it has come as soon as they wait, so that the absences of one
    /// read share one.
    private func proveAbsences(at now: NIODeadline) {
        guard let due = absencesDue, now >= due else { return }
        nextProof = now + Self.proofInterval
        prove(at: now)
    }

    /// When to begin a round for those that wait for one; nil when none do, or one is on its way.
    private var absencesDue: NIODeadline? {
        guard !absences.isEmpty, rounds == 0 else { return nil }
        return absences.count >= Self.absencesTogether ? .distantPast : nextProof
    }

    /// The server ended the connection, in whichever way.
    package func breakOff(at now: NIODeadline) {
        close(because: isReady ? .closedByServer : .turnedAway, at: now)
    }

    package func close(because failure: ConnectionFailure, at now: NIODeadline) {
        guard !isOver else { return }
        isOver = true
        for command in state.closed() { fail(command, failure.storeFailure, at: now) }
        for absence in absences { reply(.unavailable(failure.storeFailure), to: absence.number) }
        absences = []
        tell(.closed(failure))
    }

    /// It is later.
    package func pass(to now: NIODeadline) {
        guard isReady || now < readyBy else { return close(because: .silent, at: now) }
        let elapsed = state.elapsed(at: now)
        for command in elapsed.timedOut { fail(command, .timedOut, at: now) }
        expireAbsences(at: now)
        proveAbsences(at: now)
        if elapsed.isStuck { close(because: .stuck, at: now) }
    }

    private func expireAbsences(at now: NIODeadline) {
        while let first = absences.first, first.sent + commandTimeout <= now {
            reply(.unavailable(.timedOut), to: first.number)
            absences.removeFirst()
        }
    }

    private func fail(_ command: PendingCommand<Int>, _ failure: StoreFailure, at now: NIODeadline) {
        guard let query = command.query, let number = command.waiter else { return }
        journal.failed(query.kind, failure, at: now)
        reply(.unavailable(failure), to: number)
    }

    /// When to call `pass` at the latest; nil while nothing is waited for.
    package var deadline: NIODeadline? {
        guard !isOver else { return nil }
        guard isReady else { return readyBy }
        let expiry = absences.first.map { $0.sent + commandTimeout }
        let next = min(state.nextDeadline ?? .distantFuture, expiry ?? .distantFuture, absencesDue ?? .distantFuture)
        return next == .distantFuture ? nil : next
    }

    /// Exchanges the replies that have come for an empty list.
    package func takeReplies(into list: inout [NumberedReply]) {
        swap(&replies, &list)
    }

    private func reply(_ reply: RecordReply, to number: Int) {
        replies.append(NumberedReply(number: number, reply: reply))
    }

    package var hasOutput: Bool { !outgoing.isEmpty }

    /// Gives the bytes for the server to whoever writes them, who says how many are written.
    package func send(_ write: (RawSpan) -> Int) {
        outgoing.send(write)
    }
}
