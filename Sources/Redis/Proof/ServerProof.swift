/// Whom a connection leads to, proven anew with each heartbeat, without the I/O.
///
/// A connection that stands proves little: a balancer, a proxy that shares connections or a failover may have put another
/// server behind it, and a server may have become a replica. So each heartbeat is a round of questions in one write, whose
/// answers must be those of the first round. What contradicts is a failure, and ends the connection; what the server does
/// not say is a gap, and has every record read anew.
package struct ServerProof {
    /// In the order in which a round asks.
    package enum Question: String, CaseIterable, Sendable {
        /// `PING <nonce>`: do replies come in their places?
        case nonce = "PING"
        case client = "CLIENT ID"
        /// Only of a server that was told to tell of changes.
        case tracking = "CLIENT TRACKINGINFO"
        case server = "INFO server"
        /// The last one.
        case role = "INFO replication"
    }

    /// What an answer made of the round.
    package enum Progress: Hashable, Sendable {
        /// More answers must come.
        case open
        /// That was the last one. Without a gap everything is proven.
        case done(ServerID?, ProofGap?)
        case failed(ProofFailure)
    }

    private let requiredRole: RequiredRole
    private let prefixes: Set<[UInt8]>
    /// What the server calls this client, and which server it is; nil until it says so.
    private var client: Int64?
    private var server: ServerID?
    /// Which history its data were of in the last round.
    private var history: [UInt8]?
    /// What it said last that it is; nil until it said so.
    package private(set) var role: ReplicationInfo.Role?
    /// A nonce came back: whatever else comes in its place from now on is another question's.
    private var hasEchoed = false
    /// The client that the server agreed to tell of changes.
    private var feed: Int64?
    /// The first gap of the round at hand.
    private var gap: ProofGap?

    /// - Parameter prefixes: the keys whose changes are to be told, as `CLIENT TRACKING` was given them.
    package init(_ requiredRole: RequiredRole, prefixes: [String]) {
        self.requiredRole = requiredRole
        self.prefixes = Set(prefixes.map { Array($0.utf8) })
    }

    /// The server agreed to tell this client of changes, or to tell nobody any more.
    package mutating func redirected(to feed: Int64?) {
        self.feed = feed
    }

    /// A nonce as it is sent.
    package static func text(of nonce: UInt64) -> [UInt8] {
        Array(String(nonce, radix: 16).utf8)
    }

    /// An answer has come, in the order of the questions.
    ///
    /// - Parameter nonce: the one that the round was begun with.
    package mutating func answered(_ question: Question, by answer: ProofAnswer, nonce: UInt64) -> Progress {
        switch question {
        case .nonce: return begin(with: answer, expecting: Self.text(of: nonce))
        case .client: return settle(after: checkClient(in: answer))
        case .tracking: return settle(after: checkTracking(in: answer))
        case .server: return settle(after: checkServer(in: answer))
        case .role:
            if let failure = checkRole(in: answer) { return .failed(failure) }
            // The role comes last, so that it is of a server whose identity the same round has shown.
            return .done(server, gap)
        }
    }

    private func settle(after failure: ProofFailure?) -> Progress {
        failure.map { .failed($0) } ?? .open
    }

    private mutating func begin(with answer: ProofAnswer, expecting nonce: [UInt8]) -> Progress {
        // Gaps are the round's: a server that was busy in the last one can prove all in this one.
        gap = nil
        switch answer {
        case .text(nonce):
            hasEchoed = true
            return .open
        // What a server says to any command in such a state: it stands in the nonce's place.
        case .error(.busy), .error(.loading), .error(.primaryDown): break
        // A server that never echoed may be one whose user may not `PING`; one that did has shown that it can.
        case .error where !hasEchoed, .other where !hasEchoed: break
        case .error, .integer, .text, .tracking, .other: return .failed(.outOfStep)
        }
        noteGap(in: .nonce, after: answer)
        return .open
    }

    private mutating func checkClient(in answer: ProofAnswer) -> ProofFailure? {
        guard case .integer(let number) = answer else { return noteGap(in: .client, after: answer) }
        // The first answer is taken as it is: what the connection leads to may be anything, it may only not change.
        guard client == nil || client == number else { return .anotherClient }
        client = number
        return nil
    }

    private mutating func checkTracking(in answer: ProofAnswer) -> ProofFailure? {
        // Asked, and not agreed to yet: what the server says is of the time before.
        guard let feed else { return nil }
        guard case .tracking(let info) = answer else { return noteGap(in: .tracking, after: answer) }
        // The feed is lost, of which we shall hear: that is no proxy's doing.
        if info.has("broken_redirect"), info.redirect == feed {
            gap = gap ?? .feedGone
            return nil
        }
        return info.tells(feed, of: prefixes) ? nil : .untold
    }

    private mutating func checkServer(in answer: ProofAnswer) -> ProofFailure? {
        guard case .text(let text) = answer, let said = ServerID(info: text) else {
            return noteGap(in: .server, after: answer)
        }
        guard server == nil || server == said else { return .anotherServer }
        server = said
        return nil
    }

    private mutating func checkRole(in answer: ProofAnswer) -> ProofFailure? {
        guard case .text(let text) = answer, let info = ReplicationInfo(text) else {
            return noteGap(in: .role, after: answer)
        }
        role = info.role
        if let objection = requiredRole.objection(to: info) { return objection }
        // A gap, not a failure: the server may serve, but what was read before is of other data. Noted once, then it is the history.
        if let history, history != info.history { gap = gap ?? .dataReplaced }
        history = info.history ?? history
        return nil
    }

    /// The server did not say: no failure.
    @discardableResult
    private mutating func noteGap(in question: Question, after answer: ProofAnswer) -> ProofFailure? {
        if case .error(let error) = answer {
            gap = gap ?? .refused(question, error)
        } else {
            gap = gap ?? .unclear(question)
        }
        return nil
    }
}
