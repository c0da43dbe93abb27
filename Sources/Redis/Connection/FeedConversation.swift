/// The feed in one of two protocols: by a subscription, to which another connection is redirected (RESP2), or by pushes (RESP3).
package struct FeedConversation: RedisConversation, ~Copyable {
    /// One of the two is there.
    private var subscription: FeedConnectionState?
    private var pushes: PushConnectionState?

    /// - Parameter tellsItself: by pushes.
    package init(_ options: RedisOptions, tellsItself: Bool, at now: Int64) {
        subscription = tellsItself ? nil : FeedConnectionState(options, at: now)
        pushes = tellsItself ? PushConnectionState(options, at: now) : nil
    }

    /// Goes on with other credentials; a subscription ends for them.
    package mutating func use(_ credentials: RedisCredentials, at now: Int64) {
        subscription?.use(credentials, at: now)
        pushes?.use(credentials, at: now)
    }

    /// Sends a heartbeat, unless one is on its way; gives the server up when that one has waited for too long.
    package mutating func beat(at now: Int64) {
        subscription?.beat(at: now)
        pushes?.beat(at: now)
    }

    /// Exchanges the events that have happened for an empty list.
    package mutating func takeEvents(into list: inout [FeedConnectionState.Event]) {
        subscription?.takeEvents(into: &list)
        pushes?.takeEvents(into: &list)
    }
}

// What both do.
extension FeedConversation {
    package mutating func connected(at now: Int64) {
        subscription?.connected(at: now)
        pushes?.connected(at: now)
    }

    package mutating func receive(_ bytes: RawSpan, at now: Int64) {
        subscription?.receive(bytes, at: now)
        pushes?.receive(bytes, at: now)
    }

    package mutating func breakOff(at now: Int64) {
        subscription?.breakOff(at: now)
        pushes?.breakOff(at: now)
    }

    package mutating func close(because failure: ConnectionFailure, at now: Int64) {
        subscription?.close(because: failure, at: now)
        pushes?.close(because: failure, at: now)
    }

    package mutating func expire(at now: Int64) {
        subscription?.expire(at: now)
        pushes?.expire(at: now)
    }

    package var deadline: Int64? { standing.deadline }
    package var isOver: Bool { standing.isOver }
    package var isReady: Bool { standing.isReady }
    package var hasOutput: Bool { standing.hasOutput }

    private var standing: Standing {
        switch subscription {
        case .some(let conversation): Standing(of: conversation)
        case .none:
            switch pushes {
            case .some(let conversation): Standing(of: conversation)
            case .none: Standing()
            }
        }
    }

    package mutating func send(by write: (RawSpan) -> Int) {
        subscription?.send(by: write)
        pushes?.send(by: write)
    }
}

/// What is asked of either; that of none is over.
private struct Standing {
    var deadline: Int64?
    var isOver = true
    var isReady = false
    var hasOutput = false

    init() {}

    init(of conversation: borrowing some RedisConversation & ~Copyable) {
        deadline = conversation.deadline
        isOver = conversation.isOver
        isReady = conversation.isReady
        hasOutput = conversation.hasOutput
    }
}
