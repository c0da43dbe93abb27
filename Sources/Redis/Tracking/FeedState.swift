package import NIOCore

/// The connection on which Redis tells what changed, without the I/O: set-up, subscription, messages, heartbeats.
package struct FeedState: ~Copyable {
    private enum Phase {
        case opening
        /// So many set-up commands are answered.
        case settingUp(Int)
        case listening
        case closed
    }

    private var phase = Phase.opening
    private let setUp: [SetUpCommand]
    /// When the set-up was sent.
    private var began = NIODeadline.distantPast
    /// What the server calls this connection; known before it listens.
    private var id: Int64 = 0
    /// The server; known before it listens.
    private var server: ServerID?
    /// The heartbeat that isn't answered: when it was sent, and what has to come back.
    private var heartbeat: (sent: NIODeadline, nonce: [UInt8])?
    /// How long a heartbeat may stay unanswered.
    private let patience: TimeAmount

    package init(setUp: [SetUpCommand], patience: TimeAmount) {
        self.setUp = setUp
        self.patience = patience
    }

    package var isListening: Bool {
        if case .listening = phase { true } else { false }
    }

    /// The transport stands. Gives the commands to send.
    package mutating func connected(at now: NIODeadline) -> [SetUpCommand] {
        phase = .settingUp(0)
        began = now
        return setUp
    }

    package enum Received: Hashable {
        case settingUp
        /// Subscribed at this server as this client; what happened since `sent` is told.
        case listening(id: Int64, ServerID?, sent: NIODeadline)
        case setUpRefused(SetUpCommand.Name, RedisErrorCode)
        case changed([[UInt8]])
        case everythingChanged
        /// The heartbeat that was sent then is answered.
        case alive(NIODeadline)
        /// Not what was asked for: close.
        case unsolicited
    }

    /// A whole reply or message has come.
    package mutating func received(_ message: FeedMessage) -> Received {
        switch phase {
        case .opening, .closed: .unsolicited
        case .settingUp(let answered): settingUp(message, answered)
        case .listening: listening(message)
        }
    }

    private mutating func settingUp(_ message: FeedMessage, _ answered: Int) -> Received {
        let command = setUp[answered].name
        switch (command, message) {
        case (_, .error(let error)): return .setUpRefused(command, error)
        case (.clientID, .integer(let number)): id = number
        case (.info, .text(let info)): server = ServerID(info: info)
        case (.subscribe, .subscribed), (.auth, .status), (.ping, .status): break
        default: return .unsolicited
        }
        guard answered + 1 == setUp.count else {
            phase = .settingUp(answered + 1)
            return .settingUp
        }
        phase = .listening
        return .listening(id: id, server, sent: began)
    }

    private mutating func listening(_ message: FeedMessage) -> Received {
        switch message {
        case .changed(let keys): return .changed(keys)
        case .everythingChanged: return .everythingChanged
        case .alive(let nonce):
            guard let heartbeat, heartbeat.nonce == nonce else { return .unsolicited }
            self.heartbeat = nil
            return .alive(heartbeat.sent)
        case .error, .integer, .status, .subscribed, .text, .other: return .unsolicited
        }
    }

    package enum Beat: Hashable {
        case none
        /// Send a `PING` with this.
        case send(nonce: [UInt8])
        /// The last one was not answered in time: close.
        case stuck
    }

    /// It is time for a heartbeat.
    package mutating func beat(nonce: UInt64, at now: NIODeadline) -> Beat {
        guard isListening else { return .none }
        guard let heartbeat else {
            let nonce = ServerProof.text(nonce)
            self.heartbeat = (now, nonce)
            return .send(nonce: nonce)
        }
        return heartbeat.sent + patience <= now ? .stuck : .none
    }

    package mutating func closed() {
        phase = .closed
    }
}
