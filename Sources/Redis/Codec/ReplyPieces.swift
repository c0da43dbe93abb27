import CHiredis

/// The pieces of one reply, in the order in which they stand in it.
///
/// The strings' bytes are copied once, into `bytes`: the reader moves its own buffer before it returns.
struct ReplyPieces {
    private(set) var nodes: [ReplyNode] = []
    private(set) var bytes: [UInt8] = []
    /// A callback refused a piece because the reply would have grown beyond its limits.
    private(set) var isOverLimit = false
    /// They make a whole reply, which is handed out: the next one starts afresh.
    var isWhole = false
    private let limits: ReplyReader.Limits

    /// Above this the storage is given back after the reply that needed it.
    private static let keptCapacity = 64 << 10

    init(limits: ReplyReader.Limits) {
        self.limits = limits
        nodes.reserveCapacity(4)
        bytes.reserveCapacity(4 << 10)
    }

    /// Forgets a reply that was handed out; does nothing while one is being assembled.
    mutating func recycle() {
        guard isWhole else { return }
        isWhole = false
        nodes.removeAll(keepingCapacity: nodes.count < Self.keptCapacity / MemoryLayout<ReplyNode>.stride)
        bytes.removeAll(keepingCapacity: bytes.count <= Self.keptCapacity)
    }

    /// The reply is a string that is too long to be kept.
    mutating func addOversized() {
        isWhole = add(.oversized)
    }

    mutating func add(_ node: ReplyNode) -> Bool {
        guard nodes.count < limits.nodes else {
            isOverLimit = true
            return false
        }
        nodes.append(node)
        return true
    }

    mutating func add(string: UnsafeRawBufferPointer, type: Int32) -> Bool {
        guard string.count <= limits.bytes - bytes.count else {
            if type == REDIS_REPLY_STRING, nodes.isEmpty { return add(.oversized) }
            isOverLimit = true
            return false
        }
        let start = bytes.count
        unsafe bytes.append(contentsOf: string)
        let range = start..<bytes.count
        switch type {
        case REDIS_REPLY_ERROR: return add(.error(range))
        case REDIS_REPLY_STATUS: return add(.status(range))
        default: return add(.bulk(range))
        }
    }

    mutating func add(arrayOf count: Int) -> Bool {
        guard count < limits.nodes - nodes.count else {
            isOverLimit = true
            return false
        }
        return add(.array(count))
    }
}
