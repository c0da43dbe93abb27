/// The connections of an event loop, each in a slot of its own, where it stays until it is removed.
@safe struct ConnectionTable: ~Copyable {
    private var places: [UnsafeMutablePointer<HTTPConnection>?] = unsafe []
    private var free: [Int] = []
    /// Slots that were left in this turn: an event of the turn may still name them.
    private var resting: [Int] = []
    private(set) var count = 0

    init() {}

    deinit {
        for slot in slots { unsafe Self.destroy(at: places[slot]) }
    }

    /// All slots, with and without a connection.
    var slots: Range<Int> { unsafe places.indices }

    func holds(slot: Int) -> Bool {
        unsafe slots.contains(slot) && places[slot] != nil
    }

    /// The slot that the next connection gets.
    var nextSlot: Int { unsafe free.last ?? places.count }

    /// Puts a connection into `nextSlot`.
    mutating func insert(_ connection: consuming HTTPConnection) {
        let place = UnsafeMutablePointer<HTTPConnection>.allocate(capacity: 1)
        unsafe place.initialize(to: connection)
        if let slot = free.popLast() {
            unsafe places[slot] = place
        } else {
            unsafe places.append(place)
        }
        count += 1
    }

    mutating func remove(slot: Int) {
        unsafe Self.destroy(at: places[slot])
        unsafe places[slot] = nil
        resting.append(slot)
        count -= 1
    }

    /// No event names a slot that was left before now.
    mutating func recycle() {
        guard !resting.isEmpty else { return }
        free.append(contentsOf: resting)
        resting.removeAll(keepingCapacity: true)
    }

    /// The connection in a slot that holds one.
    subscript(slot: Int) -> HTTPConnection {
        unsafeAddress { unsafe UnsafePointer(place(of: slot)) }
        unsafeMutableAddress { unsafe place(of: slot) }
    }

    private func place(of slot: Int) -> UnsafeMutablePointer<HTTPConnection> {
        guard let place = unsafe places[slot] else { preconditionFailure("an empty slot was asked for its connection") }
        return unsafe place
    }

    private static func destroy(at place: UnsafeMutablePointer<HTTPConnection>?) {
        unsafe place?.deinitialize(count: 1)
        unsafe place?.deallocate()
    }
}
