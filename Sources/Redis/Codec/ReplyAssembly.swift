import CHiredis

/// Where hiredis's reader puts the pieces of one reply: its callbacks know this object by its address.
final class ReplyAssembly {
    /// One value, so that each callback is one access to the object, which is checked to be exclusive.
    private(set) var pieces: ReplyPieces

    init(limits: ReplyReader.Limits) {
        pieces = ReplyPieces(limits: limits)
    }

    // Here, and not in the reader: ThreadSanitizer's instrumentation of such an access from a noncopyable value is broken code.

    func recycle() { pieces.recycle() }
    func complete() { pieces.isWhole = true }
    func addOversized() { pieces.addOversized() }
}

extension ReplyAssembly {
    /// What the reader calls for each piece. A callback that answers nil makes the reader fail; any other pointer only
    /// says that the piece was taken, and is never followed.
    nonisolated(unsafe) static let callbacks: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        unsafe functions.initialize(
            to: redisReplyObjectFunctions(
                createString: { task, bytes, count in
                    unsafe ReplyAssembly.take(from: task) { pieces, type in
                        unsafe pieces.add(string: UnsafeRawBufferPointer(start: bytes, count: count), type: type)
                    }
                },
                createArray: { task, count in
                    unsafe ReplyAssembly.take(from: task) { pieces, _ in pieces.add(arrayOf: Int(count)) }
                },
                createInteger: { task, value in
                    unsafe ReplyAssembly.take(from: task) { pieces, _ in pieces.add(.integer(value)) }
                },
                createNil: { task in unsafe ReplyAssembly.take(from: task) { pieces, _ in pieces.add(.null) } },
                freeObject: { _ in }))
        return unsafe functions
    }()

    private static func take(
        from task: UnsafePointer<redisReadTask>?, into body: (inout ReplyPieces, Int32) -> Bool
    ) -> UnsafeMutableRawPointer? {
        guard let task = unsafe task, let opaque = unsafe task.pointee.privdata else { return nil }
        let assembly = unsafe Unmanaged<ReplyAssembly>.fromOpaque(opaque).takeUnretainedValue()
        return unsafe body(&assembly.pieces, task.pointee.type) ? opaque : nil
    }
}

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
