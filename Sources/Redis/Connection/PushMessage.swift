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

    /// A push is `["invalidate", [key, …]]` or `["invalidate", null]`.
    init(_ reply: RESP3Reply) {
        let nodes = reply.nodes
        guard case .push(let count) = reply.head else {
            self = .reply
            return
        }
        guard count == 2, case .bulk(let kind) = nodes[1],
            reply.withBytes(at: kind, do: { bytes in bytes.equals("invalidate") })
        else {
            self = .other
            return
        }
        self =
            switch nodes[2] {
            case .null: .everythingChanged
            case .array: .changed
            default: .other
            }
    }
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
