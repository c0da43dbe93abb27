import Bytes

/// What came on the feed: a reply to its set-up, or a message.
package enum FeedMessage: Hashable {
    case status
    case integer(Int64)
    case error(RedisErrorCode)
    case text([UInt8])
    /// The reply to `SUBSCRIBE`.
    case subscribed
    /// These keys were changed, or forgotten by the server's table of tracked keys.
    case changed([[UInt8]])
    /// The server was emptied.
    case everythingChanged
    /// The reply to a `PING` while subscribed, an array in RESP2: it gives back what was sent.
    case alive([UInt8])
    case other

    /// The channel on which Redis tells of changes.
    static let channel = "__redis__:invalidate"

    package init(_ reply: RedisReply) {
        let nodes = reply.nodes
        switch nodes.first {
        case .status: self = .status
        case .integer(let number): self = .integer(number)
        case .error: self = .error(reply.error ?? .other)
        case .array: self = Self.message(nodes, reply)
        case .bulk(let range): self = .text(reply.withBytes(range) { bytes in [UInt8](copying: bytes) })
        case .null, .oversized, nil: self = .other
        }
    }

    /// `["subscribe", channel, 1]`, `["pong", nonce]`, `["message", channel, [key, …]]` or `["message", channel, null]`.
    private static func message(_ nodes: [ReplyNode], _ reply: RedisReply) -> FeedMessage {
        guard nodes.count > 2, case .bulk(let kind) = nodes[1] else { return .other }
        if reply.equals(kind, "pong") { return .alive(reply.bytes(nodes[2]) ?? []) }
        guard nodes.count > 3, case .bulk(let channel) = nodes[2], reply.equals(channel, Self.channel) else {
            return .other
        }
        if reply.equals(kind, "subscribe") { return .subscribed }
        guard reply.equals(kind, "message") else { return .other }
        switch nodes[3] {
        case .null: return .everythingChanged
        case .array: return .changed(nodes[4...].compactMap(reply.bytes))
        case .bulk, .status, .error, .integer, .oversized: return .other
        }
    }
}

extension RedisReply {
    fileprivate func equals(_ range: Range<Int>, _ text: String) -> Bool {
        withBytes(range) { bytes in [UInt8](copying: bytes).elementsEqual(text.utf8) }
    }

    fileprivate func bytes(_ node: ReplyNode) -> [UInt8]? {
        guard case .bulk(let range) = node else { return nil }
        return withBytes(range) { bytes in [UInt8](copying: bytes) }
    }
}
