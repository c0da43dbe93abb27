import Bytes

/// What came on a connection that tells of changes by itself (RESP3).
enum PushMessage {
    /// To a command of ours.
    case reply
    /// Keys were changed, or forgotten by the server's table of tracked keys: `KeyList.append` finds them in the push.
    case changed
    /// The server was emptied.
    case everythingChanged
    /// A push of which nothing is known: the protocol has them passed over.
    case other
    /// A push about changes that does not say what changed.
    case malformed

    /// A push is `["invalidate", [key, …]]` or `["invalidate", null]`.
    init(_ reply: RESP3Reply) {
        let nodes = reply.nodes
        guard case .push(let count) = reply.head else {
            self = .reply
            return
        }
        guard count > 0, reply.isString(nodes[1], equalTo: "invalidate") else {
            self = .other
            return
        }
        self =
            switch nodes.dropFirst(2).first {
            case .null where count == 2: .everythingChanged
            case .array(let keys) where count == 2 && nodes.count == 3 + keys && nodes[3...].allSatisfy(\.isBulk):
                .changed
            default: .malformed
            }
    }
}

extension RESP3Node {
    fileprivate var isBulk: Bool { if case .bulk = self { true } else { false } }
}

extension KeyList {
    /// Appends the keys that a push tells of, which is `changed`.
    mutating func append(changedBy push: RESP3Reply) {
        // Behind the push, its kind and the array of keys.
        for node in push.nodes.dropFirst(3) {
            if case .bulk(let range) = node { push.withBytes(at: range) { key in append(key) } }
        }
    }
}
