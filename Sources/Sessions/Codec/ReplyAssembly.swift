import CHiredis

/// Where hiredis's reader puts the pieces of one reply, in the order in which they stand in it.
///
/// The strings' bytes are copied once, into `bytes`: the reader moves its own buffer before it returns.
final class ReplyAssembly {
    private(set) var nodes: [ReplyNode] = []
    private(set) var bytes: [UInt8] = []
    /// A callback refused a piece because the reply would have grown beyond its limits.
    private(set) var isOverLimit = false
    /// The pieces make a whole reply, which has been handed out: the next one starts afresh.
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
    func recycle() {
        guard isWhole else { return }
        isWhole = false
        nodes.removeAll(keepingCapacity: nodes.count < Self.keptCapacity / MemoryLayout<ReplyNode>.stride)
        bytes.removeAll(keepingCapacity: bytes.count <= Self.keptCapacity)
    }

    /// The reply is a string that is too long to be kept.
    func addOversized() {
        isWhole = add(.oversized)
    }

    fileprivate func add(_ node: ReplyNode) -> Bool {
        guard nodes.count < limits.nodes else {
            isOverLimit = true
            return false
        }
        nodes.append(node)
        return true
    }

    fileprivate func add(string: UnsafeRawBufferPointer, type: Int32) -> Bool {
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

    fileprivate func add(arrayOf count: Int) -> Bool {
        guard count < limits.nodes - nodes.count else {
            isOverLimit = true
            return false
        }
        return add(.array(count))
    }
}

/// A piece of a reply. An array is followed by its elements.
package enum ReplyNode: Hashable, Sendable {
    /// Where the string's bytes stand.
    case bulk(Range<Int>)
    case status(Range<Int>)
    case error(Range<Int>)
    case integer(Int64)
    case null
    case array(Int)
    /// A string longer than is kept: all of the reply, never a part of one.
    case oversized
}

extension ReplyAssembly {
    /// What the reader calls for each piece. A callback that answers nil makes the reader fail; any other pointer only
    /// says that the piece was taken, and is never followed.
    nonisolated(unsafe) static let callbacks: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        unsafe functions.initialize(
            to: redisReplyObjectFunctions(
                createString: { task, bytes, count in
                    unsafe ReplyAssembly.take(task) { assembly, type in
                        unsafe assembly.add(string: UnsafeRawBufferPointer(start: bytes, count: count), type: type)
                    }
                },
                createArray: { task, count in
                    unsafe ReplyAssembly.take(task) { assembly, _ in assembly.add(arrayOf: Int(count)) }
                },
                createInteger: { task, value in
                    unsafe ReplyAssembly.take(task) { assembly, _ in assembly.add(.integer(value)) }
                },
                createNil: { task in unsafe ReplyAssembly.take(task) { assembly, _ in assembly.add(.null) } },
                freeObject: { _ in }))
        return unsafe functions
    }()

    private static func take(
        _ task: UnsafePointer<redisReadTask>?, _ body: (ReplyAssembly, Int32) -> Bool
    ) -> UnsafeMutableRawPointer? {
        guard let task = unsafe task, let opaque = unsafe task.pointee.privdata else { return nil }
        let assembly = unsafe Unmanaged<ReplyAssembly>.fromOpaque(opaque).takeUnretainedValue()
        return unsafe body(assembly, task.pointee.type) ? opaque : nil
    }
}
