import Bytes
import DequeModule

/// The feed on a connection that tells of changes by itself (RESP3), without the I/O. No other connection is redirected to it.
///
/// Each heartbeat is a round of the proof, as on a data connection: that the server is the one of the set-up, and that it still tells
/// this client of these keys. The answers come in the stream of what is told: when the last has come, so has all that happened before
/// the round was sent. The first round is a part of the set-up: nothing is believed of a server that does not say whom it tells.
///
/// That takes that nothing else is on its way meanwhile. In broadcast mode a server tells of keys at the end of a turn of its loop, so
/// that a reply may overtake the news of a write that the same turn executed before it. It reads in a turn only from connections that
/// had something for it at the turn's beginning. Of this one that is the round, which so was sent before the turn began, and before the
/// write. Another command would let a round be read that was sent later.
package struct PushConnectionState: RedisConversation, ~Copyable {
    private enum Phase {
        case opening
        /// So many set-up commands are answered.
        case settingUp(Int)
        /// The first round is on its way.
        case proving
        case listening
    }

    private enum Command {
        case renewal
        case question(ServerProof.Question, nonce: UInt64)
    }

    private var phase = Phase.opening
    private var options: RedisOptions
    private var setUp: [SetUpCommand]
    private var proof: ServerProof
    /// What the server calls this connection, and the server; known before it listens.
    private var id: Int64 = 0
    private var server: ServerID?
    /// Of the round that is not answered.
    private var commands = Deque<Command>()
    /// When that was sent.
    private var sent = Int64.min
    /// Set while the server is to be told of other credentials: with the next round.
    private var isRenewed = false
    private var reader: RESP3Reader? = RESP3Reader()
    /// Until when the set-up must be done.
    private let readyBy: Int64
    private var outgoing = CommandBuffer()
    private var events = FeedEvents()
    package private(set) var isOver = false

    package init(_ options: RedisOptions, at now: Int64) {
        self.options = options
        setUp = SetUpCommand.pushCommands(for: options.address, prefixes: options.trackedPrefixes)
        proof = ServerProof(options.role, prefixes: options.trackedPrefixes)
        readyBy = now + options.connectTimeout
    }

    package var isReady: Bool { if case .listening = phase { true } else { false } }
    package var hasOutput: Bool { !outgoing.isEmpty }
    /// The heartbeat's own deadline is judged by `beat`.
    package var deadline: Int64? { isOver || isReady ? nil : readyBy }

    package mutating func connected(at now: Int64) {
        phase = .settingUp(0)
        for command in setUp { outgoing.append(command.arguments) }
    }

    /// Goes on with other credentials.
    package mutating func use(_ credentials: RedisCredentials, at now: Int64) {
        guard options.address.credentials != credentials else { return }
        options.address.credentials = credentials
        switch phase {
        case .opening:
            setUp = SetUpCommand.pushCommands(for: options.address, prefixes: options.trackedPrefixes)
        case .settingUp, .proving, .listening: isRenewed = true
        }
    }

    /// Sends a heartbeat, unless one is on its way; gives the server up when that one has waited for too long.
    package mutating func beat(at now: Int64) {
        guard isReady, !isOver else { return }
        guard commands.isEmpty else {
            if sent + 2 * options.commandTimeout <= now { close(because: .stuck, at: now) }
            return
        }
        sendRound(at: now)
    }

    private mutating func sendRound(at now: Int64) {
        sent = now
        if isRenewed, let credentials = options.address.credentials {
            isRenewed = false
            commands.append(.renewal)
            outgoing.append([Array("AUTH".utf8)] + credentials.arguments)
        }
        let nonce = UInt64.random(in: .min ... .max)
        for question in ServerProof.Question.allCases {
            var command = question.rawValue.split(separator: " ").map { word in Array(word.utf8) }
            if question == .nonce { command.append(ServerProof.text(of: nonce)) }
            commands.append(.question(question, nonce: nonce))
            outgoing.append(command)
        }
    }

    package mutating func send(by write: (RawSpan) -> Int) { outgoing.send(by: write) }

    /// Exchanges the events that have happened for an empty list.
    package mutating func takeEvents(into list: inout [FeedConnectionState.Event]) { events.take(into: &list) }
}

// What comes.
extension PushConnectionState {
    package mutating func receive(_ bytes: RawSpan, at now: Int64) {
        // Taken out, because each reply is given to `self` while the reader still has it.
        guard var reader = reader.take() else { return }
        read(bytes, by: &reader, at: now) { $0.receive($1, at: now) }
        self.reader = consume reader
    }

    private mutating func receive(_ reply: RESP3Reply, at now: Int64) {
        switch PushMessage(reply) {
        case .changed: events.changed.append(changedBy: reply)
        case .everythingChanged: events.tell(.everythingChanged)
        case .other: break
        // What was changed is not known.
        case .malformed: close(because: .unsolicited, at: now)
        case .reply:
            switch phase {
            case .opening: close(because: .unsolicited, at: now)
            case .settingUp(let answered): settingUp(with: reply, answered: answered, at: now)
            case .proving, .listening: answered(by: reply, at: now)
            }
        }
    }

    private mutating func settingUp(with reply: RESP3Reply, answered: Int, at now: Int64) {
        let command = setUp[answered].name
        if let error = reply.error { return close(because: .refused(command, error), at: now) }
        // Each reply by its form as well as by its place: a reply that is missing would move all others up.
        switch (command, ProofAnswer(reply), reply.head) {
        case (.clientID, .integer(let number), _): id = number
        case (.info, .text(let info), _): server = ServerID(info: info)
        case (.hello, _, .map), (.auth, _, .status), (.tracking, _, .status): break
        default: return close(because: .unsolicited, at: now)
        }
        guard answered + 1 == setUp.count else { return phase = .settingUp(answered + 1) }
        // The last was the one that has the server tell. What it says of itself from here on has to be the same, and it names no
        // connection but this one as the one that it tells.
        phase = .proving
        _ = proof.answered(.client, by: .integer(id), nonce: 0)
        proof.redirected(to: 0)
        sendRound(at: now)
    }

    private mutating func answered(by reply: RESP3Reply, at now: Int64) {
        switch commands.popFirst() {
        case nil: close(because: .unsolicited, at: now)
        // Where the server refuses them it goes on with those of before.
        case .renewal: break
        case .question(let question, let nonce):
            switch proof.answered(question, by: ProofAnswer(reply), nonce: nonce) {
            case .open: break
            case .failed(let failure): close(because: .unproven(failure), at: now)
            case .done(let said, let gap): proven(by: said, gap: gap, at: now)
            }
        }
    }

    private mutating func proven(by said: ServerID?, gap: ProofGap?, at now: Int64) {
        if let gap { return close(because: .unclear(gap), at: now) }
        guard said == server else { return close(because: .unproven(.anotherServer), at: now) }
        if isReady { return events.tell(.alive(sent: sent)) }
        phase = .listening
        events.tell(.listening(id: id, server, sent: sent, tellsItself: true))
    }
}

// What ends.
extension PushConnectionState {
    package mutating func breakOff(at now: Int64) {
        close(because: isReady ? .closedByServer : .turnedAway, at: now)
    }

    package mutating func close(because failure: ConnectionFailure, at now: Int64) {
        // The first reason is the one that is told: what follows is its consequence.
        guard !isOver else { return }
        isOver = true
        events.tell(.closed(failure))
    }

    package mutating func expire(at now: Int64) {
        if !isOver, !isReady, now >= readyBy { close(because: .silent, at: now) }
    }
}
