import Bytes

/// A reply to a question of a proof, by its form.
package enum ProofAnswer: Hashable, Sendable {
    case error(RedisErrorCode)
    case integer(Int64)
    case text([UInt8])
    case tracking(TrackingInfo)
    case other

    package init(_ reply: RedisReply) {
        switch reply.head {
        case .error: self = .error(reply.error ?? .other)
        case .integer(let number): self = .integer(number)
        case .bulk(let range): self = .text(reply.withBytes(at: range) { bytes in [UInt8](copying: bytes) })
        case .array: self = TrackingInfo(reply).map { .tracking($0) } ?? .other
        case .status, .null, .oversized: self = .other
        }
    }

    package init(_ reply: RESP3Reply) {
        switch reply.head {
        case .error: self = .error(reply.error ?? .other)
        case .integer(let number): self = .integer(number)
        case .bulk, .verbatim: self = .text(reply.string(of: reply.head) ?? [])
        case .map: self = TrackingInfo(reply).map { .tracking($0) } ?? .other
        case .status, .array, .set, .push, .null, .boolean, .double, .bigNumber: self = .other
        }
    }
}

/// What a server says of how it tells a connection's client of changes (`CLIENT TRACKINGINFO`).
package struct TrackingInfo: Hashable, Sendable {
    package let flags: Set<[UInt8]>
    /// The client that is told.
    package let redirect: Int64
    /// Of which keys.
    package let prefixes: Set<[UInt8]>

    /// Reads `["flags", [flag, …], "redirect", id, "prefixes", [prefix, …]]`; nil when it is something else.
    package init?(_ reply: RedisReply) {
        var nodes = reply.nodes[...]
        guard nodes.popFirst() == .array(6) else { return nil }
        guard reply.next(of: &nodes) == Array("flags".utf8), let flags = reply.nextStrings(of: &nodes),
            reply.next(of: &nodes) == Array("redirect".utf8), case .integer(let redirect) = nodes.popFirst(),
            reply.next(of: &nodes) == Array("prefixes".utf8), let prefixes = reply.nextStrings(of: &nodes)
        else { return nil }
        self.flags = Set(flags)
        self.redirect = redirect
        self.prefixes = Set(prefixes)
    }

    /// Reads the same as a map.
    package init?(_ reply: RESP3Reply) {
        var nodes = reply.nodes[...]
        guard case .map = nodes.popFirst() else { return nil }
        var (flags, redirect, prefixes): (Set<[UInt8]>?, Int64?, Set<[UInt8]>?)
        while let name = reply.string(of: nodes.popFirst()) {
            switch (name, nodes.first) {
            case (Array("redirect".utf8), .integer(let client)):
                redirect = client
                nodes.removeFirst()
            case (Array("flags".utf8), _): flags = reply.nextStrings(of: &nodes)
            case (Array("prefixes".utf8), _): prefixes = reply.nextStrings(of: &nodes)
            // What is told of it besides some day is not ours to understand.
            default: return nil
            }
        }
        guard nodes.isEmpty, let flags, let redirect, let prefixes else { return nil }
        (self.flags, self.redirect, self.prefixes) = (flags, redirect, prefixes)
    }

    package func has(_ flag: String) -> Bool { flags.contains(Array(flag.utf8)) }

    /// Whether this client is told of all changes to keys with these prefixes; without prefixes, of all keys.
    package func tells(_ client: Int64, of keys: Set<[UInt8]>) -> Bool {
        has("on") && has("bcast") && redirect == client && prefixes == (keys.isEmpty ? [[]] : keys)
    }
}

extension RedisReply {
    /// The string that comes next.
    fileprivate func next(of nodes: inout ArraySlice<ReplyNode>) -> [UInt8]? {
        switch nodes.popFirst() {
        case .bulk(let range), .status(let range): withBytes(at: range) { bytes in [UInt8](copying: bytes) }
        default: nil
        }
    }

    /// The array of strings that comes next.
    fileprivate func nextStrings(of nodes: inout ArraySlice<ReplyNode>) -> [[UInt8]]? {
        guard case .array(let count) = nodes.popFirst() else { return nil }
        var strings: [[UInt8]] = []
        for _ in 0..<count {
            guard let string = next(of: &nodes) else { return nil }
            strings.append(string)
        }
        return strings
    }
}

extension RESP3Reply {
    /// The strings of the array or the set that comes next.
    fileprivate func nextStrings(of nodes: inout ArraySlice<RESP3Node>) -> Set<[UInt8]>? {
        let count: Int
        switch nodes.popFirst() {
        case .array(let number), .set(let number): count = number
        default: return nil
        }
        var strings: Set<[UInt8]> = []
        for _ in 0..<count {
            guard let string = string(of: nodes.popFirst()) else { return nil }
            strings.insert(string)
        }
        return strings
    }
}
