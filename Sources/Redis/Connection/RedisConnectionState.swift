import Bytes

/// The data connection to Redis, without the I/O: set-up, look-ups, heartbeats, proofs (contract section 6). Performs what
/// `CommandPipeline` says.
///
/// Takes bytes of the server, and look-ups of keys, which are numbers to it. Gives bytes for the server, a reply to each look-up, and
/// what happens to the connection. Imports Bytes, swift-collections and hiredis's reader.
package struct RedisConnectionState: ~Copyable {
    /// What happens to the connection, in order.
    package enum Event: Sendable {
        /// Set up, and the server may be believed: values can be read.
        case ready
        /// The server was there, and the one that it should be as far as it says, when it got the heartbeat that was sent then.
        case proven(sent: Int64, ServerID?, ProofGap?)
        /// The server tells of changes where it was told to, unless there is an error.
        case redirected(RedisErrorCode?)
        /// The server takes the credentials that the connection is to go on with, unless there is an error.
        case authenticated(RedisErrorCode?)
        case tried(TrialOutcome)
        /// Once, and last: it is gone, or never came about.
        case closed(ConnectionFailure)
    }

    /// Who waits for a reply.
    private struct Waiter {
        let number: Int
        let absenceNeedsProof: Bool
    }

    /// A value can be compared with what was asked for; that there is none says nothing. So a null is believed only of a server
    /// that proves itself after it said so: one that was demoted has lost its data, and replies that are out of step are other
    /// questions'. A look-up may do without.
    private struct Absence {
        let number: Int
        let sent: Int64
        let duration: Int64
    }

    /// A round for absences begins when this has passed since the last one, in nanoseconds, or when so many wait: it has fewer
    /// questions than they were, so a flood of made-up cookies is none of rounds.
    private static let proofInterval: Int64 = 5_000_000
    private static let absencesTogether = 16

    private var options: RedisOptions
    private var pipeline: CommandPipeline<Waiter>
    private var proof: ServerProof
    /// Rounds of the proof's questions that are not answered.
    private var rounds = 0
    /// Those that wait for the next round to be answered.
    private var absences: [Absence] = []
    /// From when on an absence may begin a round again.
    private var nextProof = Int64.min
    /// Set while the worker is told of changes at this connection's server: then it can be read when keys end.
    package var areChangesTold = false
    /// When the key ends whose value comes next.
    private var nextEnd: Int64?
    /// Set from when the server is told to tell another connection of changes.
    private var isTracking = false
    /// Nil while it reads.
    private var reader: ReplyReader?
    /// Until when the set-up must be done.
    private let readyBy: Int64
    /// Commands that were not written yet.
    private var outgoing = CommandBuffer()
    private var replies: [LookUpReply] = []
    private var events: [Event] = []
    package private(set) var isOver = false

    package init(_ options: RedisOptions, at now: Int64) {
        self.options = options
        pipeline = CommandPipeline(
            setUp: SetUpCommand.commands(for: options.address), commandTimeout: options.commandTimeout,
            limit: options.maximumPending)
        // What the server says of itself is read whatever a value may have.
        reader = ReplyReader(
            limits: ReplyReader.Limits(bytes: max(options.maximumValueBytes, ReplyReader.Limits().bytes)))
        proof = ServerProof(options.role, prefixes: options.trackedPrefixes)
        readyBy = now + options.connectTimeout
    }

    /// Whether look-ups can be sent.
    package var isReady: Bool { pipeline.isReady }

    /// What the server said last that it is; nil until it said so.
    package var role: ReplicationInfo.Role? { proof.role }

    /// Commands that are sent and not answered.
    package var pendingCount: Int { pipeline.count }

    /// The transport stands.
    package mutating func connected(at now: Int64) {
        for command in pipeline.connected() { outgoing.append(command.arguments) }
        // In the same write: a connection is ready one round trip after it stands, and its replies come behind those to the set-up.
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

    /// Gives the bytes for the server to `write`, which says how many are written.
    package mutating func send(by write: (RawSpan) -> Int) {
        outgoing.send(by: write)
    }
}

// What is asked.
extension RedisConnectionState {
    /// Asks for a key's value; the reply has this number, and comes once.
    ///
    /// - Parameters:
    ///   - absenceNeedsProof: whether it is only believed of a server that proves itself afterwards that there is no such key.
    ///   - readsEnd: whether it matters when the key ends. It is read while changes are told: without that an end could not be told
    ///     from a change.
    package mutating func ask(
        for key: [UInt8], number: Int, absenceNeedsProof: Bool, readsEnd: Bool, at now: Int64
    ) {
        let withEnd = readsEnd && areChangesTold
        let waiter = Waiter(number: number, absenceNeedsProof: absenceNeedsProof)
        switch pipeline.admit(for: waiter, withEnd: withEnd, at: now) {
        case .send:
            if withEnd { outgoing.appendTimeToLive(of: key) }
            outgoing.appendGet(of: key)
        case .refused(let failure): fail(number, because: failure)
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
            ask(command, for: .proof(question, nonce: nonce), at: now)
        }
    }

    /// Has the server tell another connection of changes from now on.
    ///
    /// In broadcast mode, which costs the server no memory: otherwise it remembers every key that was asked for, also
    /// those of made-up cookies. Turned off before, because a server refuses a prefix that this connection has already.
    /// Whom the connection leads to is asked behind it: it may be another server than the other connection's.
    package mutating func redirect(to client: Int64, at now: Int64) {
        isTracking = true
        ask(["CLIENT", "TRACKING", "OFF"], for: .untracking, at: now)
        let words = ["CLIENT", "TRACKING", "ON", "REDIRECT", String(client), "BCAST"]
        // None of the prefixes begins another.
        ask(words + options.trackedPrefixes.flatMap { ["PREFIX", $0] }, for: .redirection(client), at: now)
        prove(at: now)
    }

    /// Goes on with other credentials: told to the server at once, or when the transport stands.
    package mutating func use(_ credentials: RedisCredentials, at now: Int64) {
        options.address.credentials = credentials
        pipeline.replaceSetUp(by: SetUpCommand.commands(for: options.address))
        // Where the server refuses them it goes on with those of before.
        ask([Array("AUTH".utf8)] + credentials.arguments, for: .authentication, at: now)
    }

    /// Asks for keys to see whether they can be read.
    package mutating func ask(for keys: [[UInt8]], trial number: Int, at now: Int64) {
        for (index, key) in keys.enumerated() where pipeline.admit(.trial(number, question: index), at: now) {
            outgoing.appendGet(of: key)
        }
    }

    private mutating func ask(_ command: [String], for purpose: CommandPurpose, at now: Int64) {
        ask(command.map { word in Array(word.utf8) }, for: purpose, at: now)
    }

    private mutating func ask(_ command: [[UInt8]], for purpose: CommandPurpose, at now: Int64) {
        guard pipeline.admit(purpose, at: now) else { return }
        outgoing.append(command)
    }
}

// What comes.
extension RedisConnectionState {
    /// The server sent bytes.
    ///
    /// - Parameter take: gets each value that was asked for, with the number of its look-up, valid until it returns; says whether
    ///   the connection may go on, which it may not when the value is another's.
    package mutating func receive(_ bytes: RawSpan, at now: Int64, take: (Int, RawSpan) -> Bool) {
        pipeline.heard(at: now)
        // Taken out, because each reply is given to `self` while the reader still has it.
        guard var reader = reader.take() else { return }
        do throws(ReplyError) {
            try reader.read(bytes) { reply in
                receive(reply, at: now, take: take)
                return !isOver
            }
        } catch {
            close(because: .nonsense(error), at: now)
        }
        self.reader = consume reader
    }

    private mutating func receive(_ reply: RedisReply, at now: Int64, take: (Int, RawSpan) -> Bool) {
        let error = reply.error
        switch pipeline.received(error: error, at: now) {
        case .settingUp: break
        // Its end came before it, and would be taken for the next key's.
        case .late: nextEnd = nil
        case .timeToLive(let sent): nextEnd = reply.keyEnd(askedAt: sent, now: now)
        case .setUpRefused(let command, let error): close(because: .refused(command, error), at: now)
        case .unsolicited: close(because: .unsolicited, at: now)
        case .answered(let waiter, let sent):
            answered(waiter, by: reply, error: error, sent: sent, at: now, take: take)
        case .tried(let number, let question):
            events.append(.tried(TrialOutcome(reply, trial: number, question: question)))
        case .proof(let question, let nonce, let sent):
            go(on: proof.answered(question, by: ProofAnswer(reply), nonce: nonce), sent: sent, at: now)
        // Rounds that were asked before the redirection say nothing of whom the server tells.
        case .untracked: proof.redirected(to: nil)
        case .redirected(let client, let error):
            if error == nil { proof.redirected(to: client) }
            events.append(.redirected(error))
        case .authenticated(let error): events.append(.authenticated(error))
        }
    }

    private mutating func go(on progress: ServerProof.Progress, sent: Int64, at now: Int64) {
        switch progress {
        case .open: break
        case .failed(let failure): close(because: .unproven(failure), at: now)
        case .done(let server, let gap):
            rounds -= 1
            // Replies come in the order of the questions: whatever was said before this was asked before the round.
            for absence in absences { reply(.missing, to: absence.number, after: absence.duration) }
            absences = []
            // Ready first: whoever hears of the proof takes the connection for one that can be asked.
            if pipeline.proven() { events.append(.ready) }
            events.append(.proven(sent: sent, server, gap))
        }
    }

    private mutating func answered(
        _ waiter: Waiter, by reply: RedisReply, error: RedisErrorCode?, sent: Int64, at now: Int64,
        take: (Int, RawSpan) -> Bool
    ) {
        let (number, duration) = (waiter.number, now - sent)
        let end = nextEnd.take()
        switch reply.head {
        case .bulk(let range) where range.count > options.maximumValueBytes:
            self.reply(.oversized, to: number, after: duration)
        case .bulk(let range):
            let isRight = reply.withBytes(at: range) { value in take(number, value) }
            self.reply(.value(endsAt: end), to: number, after: duration)
            // The replies to come may be other commands' too, and none may be believed.
            if !isRight { close(because: .mixedUp, at: now) }
        case .null where waiter.absenceNeedsProof:
            absences.append(Absence(number: number, sent: sent, duration: duration))
        case .null: self.reply(.missing, to: number, after: duration)
        case .oversized: self.reply(.oversized, to: number, after: duration)
        case .status, .error, .integer, .array: self.reply(.refused(error), to: number, after: duration)
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
    ///
    /// One that is on its way was asked behind all that wait: replies come in order, and it is not answered.
    private var absencesDue: Int64? {
        guard !absences.isEmpty, rounds == 0 else { return nil }
        return absences.count >= Self.absencesTogether ? .min : nextProof
    }
}

// What ends.
extension RedisConnectionState {
    /// The server ended the connection, in whichever way.
    package mutating func breakOff(at now: Int64) {
        close(because: isReady ? .closedByServer : .turnedAway, at: now)
    }

    package mutating func close(because failure: ConnectionFailure, at now: Int64) {
        guard !isOver else { return }
        isOver = true
        // Replies first, and the event last: whoever hears that the connection is gone is owed nothing by it any more.
        for waiter in pipeline.closed() { fail(waiter.number, because: failure.lookUpFailure) }
        for absence in absences { fail(absence.number, because: failure.lookUpFailure) }
        absences = []
        events.append(.closed(failure))
    }

    /// Expires what has lasted too long.
    package mutating func expire(at now: Int64) {
        guard !isOver else { return }
        guard isReady || now < readyBy else { return close(because: .silent, at: now) }
        let elapsed = pipeline.elapsed(at: now)
        for waiter in elapsed.timedOut { fail(waiter.number, because: .timedOut) }
        // Before a round is begun: it would be too late for these.
        expireAbsences(at: now)
        proveAbsences(at: now)
        if elapsed.isStuck { close(because: .stuck, at: now) }
    }

    private mutating func expireAbsences(at now: Int64) {
        while let first = absences.first, first.sent + options.commandTimeout <= now {
            fail(first.number, because: .timedOut)
            absences.removeFirst()
        }
    }

    /// When to call `expire` at the latest; nil while nothing is waited for.
    package var deadline: Int64? {
        guard !isOver else { return nil }
        guard isReady else { return readyBy }
        let expiry = absences.first.map { $0.sent + options.commandTimeout }
        let next = min(pipeline.nextDeadline ?? .max, expiry ?? .max, absencesDue ?? .max)
        return next == .max ? nil : next
    }

    private mutating func fail(_ number: Int, because failure: LookUpFailure) {
        replies.append(LookUpReply(number: number, result: .failed(failure), duration: nil))
    }

    private mutating func reply(_ result: LookUpReply.Result, to number: Int, after duration: Int64) {
        replies.append(LookUpReply(number: number, result: result, duration: duration))
    }
}
