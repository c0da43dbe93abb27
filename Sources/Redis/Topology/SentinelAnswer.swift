import Bytes

/// Another Sentinel, as one lists it.
package struct SentinelPeer: Hashable, Sendable {
    package let place: NodeAddress
    /// What tells Sentinels apart: an address can be another's by tomorrow.
    package let runID: String

    package init(place: NodeAddress, runID: String) {
        self.place = place
        self.runID = runID
    }
}

/// What a Sentinel says of a service, put together of its replies.
package struct SentinelAnswer: Hashable, Sendable {
    /// Its own; nil when it does not say (before Redis 6.2).
    package var runID: String?
    /// Nil when it knows no service of that name.
    package var primary: NodeAddress?
    /// Which of the failovers the address is of: a later one has a higher number. 0 when it does not say.
    package var epoch: Int64 = 0
    /// The other Sentinels that it knows.
    package var peers: [SentinelPeer] = []

    /// Of the other Sentinels that one lists, no more than so many are looked at.
    static let maximumPeers = 64

    package init(runID: String? = nil, primary: NodeAddress? = nil, epoch: Int64 = 0, peers: [SentinelPeer] = []) {
        self.runID = runID
        self.primary = primary
        self.epoch = epoch
        self.peers = peers
    }
}

// What is read of the replies. Each is hostile input: what is not as it should be is as if it had not been said.
extension SentinelAnswer {
    /// The reply to `SENTINEL MYID`.
    mutating func take(id reply: RedisReply) {
        guard case .bulk(let range) = reply.head, 1...64 ~= range.count else { return }
        runID = reply.word(at: range)
    }

    /// The reply to `SENTINEL GET-MASTER-ADDR-BY-NAME`: `[host, port]`, or null.
    ///
    /// - Returns: whether it is one.
    mutating func take(address reply: RedisReply) -> Bool {
        var nodes = reply.nodes[...]
        switch nodes.popFirst() {
        case .null: return true
        case .array(2):
            primary = NodeAddress(host: reply.nextWord(of: &nodes), port: reply.nextWord(of: &nodes))
            return primary != nil
        default: return false
        }
    }

    /// The reply to `SENTINEL MASTER`: names and values in turn.
    mutating func take(service reply: RedisReply) {
        var nodes = reply.nodes[...]
        epoch = reply.nextFields(of: &nodes)["config-epoch"].flatMap { Int64($0) } ?? 0
    }

    /// The reply to `SENTINEL SENTINELS`: a list of such.
    mutating func take(peers reply: RedisReply) {
        var nodes = reply.nodes[...]
        guard case .array(let count) = nodes.popFirst() else { return }
        for _ in 0..<min(count, Self.maximumPeers) {
            let fields = reply.nextFields(of: &nodes)
            guard let place = NodeAddress(host: fields["ip"], port: fields["port"]), let runID = fields["runid"],
                1...64 ~= runID.utf8.count
            else { continue }
            peers.append(SentinelPeer(place: place, runID: runID))
        }
    }
}

extension NodeAddress {
    /// An address as a Sentinel says it; nil when it is none.
    fileprivate init?(host: String?, port: String?) {
        guard let host, let port = port.flatMap({ UInt16($0) }), port > 0, 1...253 ~= host.utf8.count else {
            return nil
        }
        // It is looked up, and stands in logs.
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"): true
            default: byte.isDigit || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte.lowercased
            }
        }
        guard isPlain else { return nil }
        self.init(host: host, port: Int(port))
    }
}

extension RedisReply {
    fileprivate func word(at range: Range<Int>) -> String? {
        let bytes = withBytes(at: range) { bytes in [UInt8](copying: bytes) }
        return bytes.allSatisfy(\.isVisible) ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// The string that comes next; nil when something else does, or it is of other than visible characters.
    fileprivate func nextWord(of nodes: inout ArraySlice<ReplyNode>) -> String? {
        switch nodes.popFirst() {
        case .bulk(let range), .status(let range): word(at: range)
        default: nil
        }
    }

    /// The names and values of the array that comes next: of a name that comes twice, the first.
    fileprivate func nextFields(of nodes: inout ArraySlice<ReplyNode>) -> [String: String] {
        guard case .array(let count) = nodes.popFirst() else { return [:] }
        var fields: [String: String] = [:]
        for _ in 0..<count / 2 {
            guard let name = nextWord(of: &nodes) else {
                nodes = nodes.dropFirst()
                continue
            }
            let value = nextWord(of: &nodes)
            if fields[name] == nil { fields[name] = value }
        }
        return fields
    }
}
