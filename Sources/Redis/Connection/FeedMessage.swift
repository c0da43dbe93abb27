import Bytes

/// What came on the feed: a reply to its set-up, or a message.
package enum FeedMessage: Hashable {
    case status
    case integer(Int64)
    case error(RedisErrorCode)
    case text([UInt8])
    /// The reply to `SUBSCRIBE`.
    case subscribed
    /// Keys were changed, or forgotten by the server's table of tracked keys: `KeyList.append` finds them in the reply.
    case changed
    /// The server was emptied.
    case everythingChanged
    /// The reply to a `PING` while subscribed, an array in RESP2: it gives back what was sent.
    case alive([UInt8])
    case other

    /// The channel on which Redis tells of changes.
    static let channel: StaticString = "__redis__:invalidate"

    package init(_ reply: RedisReply) {
        switch reply.head {
        case .status: self = .status
        case .integer(let number): self = .integer(number)
        case .error: self = .error(reply.error ?? .other)
        case .array: self = Self.message(of: reply.nodes, in: reply)
        case .bulk(let range): self = .text(reply.withBytes(at: range) { bytes in [UInt8](copying: bytes) })
        case .null, .oversized: self = .other
        }
    }

    /// `["subscribe", channel, 1]`, `["pong", nonce]`, `["message", channel, [key, …]]` or `["message", channel, null]`.
    private static func message(of nodes: [ReplyNode], in reply: RedisReply) -> FeedMessage {
        guard nodes.count > 2, case .bulk(let kind) = nodes[1] else { return .other }
        if reply.text(at: kind, equals: "pong") { return .alive(reply.bytes(of: nodes[2]) ?? []) }
        guard nodes.count > 3, case .bulk(let channel) = nodes[2], reply.text(at: channel, equals: Self.channel) else {
            return .other
        }
        if reply.text(at: kind, equals: "subscribe") { return .subscribed }
        guard reply.text(at: kind, equals: "message") else { return .other }
        switch nodes[3] {
        case .null: return .everythingChanged
        case .array: return nodes[4...].allSatisfy(\.isBulk) ? .changed : .other
        case .bulk, .status, .error, .integer, .oversized: return .other
        }
    }
}

extension ReplyNode {
    fileprivate var isBulk: Bool { if case .bulk = self { true } else { false } }
}

extension KeyList {
    /// Appends the keys that a message tells of, which is `changed`.
    mutating func append(changedBy reply: RedisReply) {
        let nodes = reply.nodes
        // Behind the message, its kind, its channel and the array of keys.
        for index in nodes.indices.dropFirst(4) {
            if case .bulk(let range) = nodes[index] { reply.withBytes(at: range) { key in append(key) } }
        }
    }
}

extension RedisReply {
    fileprivate func text(at range: Range<Int>, equals text: StaticString) -> Bool {
        withBytes(at: range) { bytes in bytes.equals(text) }
    }

    fileprivate func bytes(of node: ReplyNode) -> [UInt8]? {
        guard case .bulk(let range) = node else { return nil }
        return withBytes(at: range) { bytes in [UInt8](copying: bytes) }
    }
}
