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
                    unsafe ReplyAssembly.take(task) { pieces, type in
                        unsafe pieces.add(string: UnsafeRawBufferPointer(start: bytes, count: count), type: type)
                    }
                },
                createArray: { task, count in
                    unsafe ReplyAssembly.take(task) { pieces, _ in pieces.add(arrayOf: Int(count)) }
                },
                createInteger: { task, value in
                    unsafe ReplyAssembly.take(task) { pieces, _ in pieces.add(.integer(value)) }
                },
                createNil: { task in unsafe ReplyAssembly.take(task) { pieces, _ in pieces.add(.null) } },
                freeObject: { _ in }))
        return unsafe functions
    }()

    private static func take(
        _ task: UnsafePointer<redisReadTask>?, _ body: (inout ReplyPieces, Int32) -> Bool
    ) -> UnsafeMutableRawPointer? {
        guard let task = unsafe task, let opaque = unsafe task.pointee.privdata else { return nil }
        let assembly = unsafe Unmanaged<ReplyAssembly>.fromOpaque(opaque).takeUnretainedValue()
        return unsafe body(&assembly.pieces, task.pointee.type) ? opaque : nil
    }
}
