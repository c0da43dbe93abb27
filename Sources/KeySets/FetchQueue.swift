import Trust

/// Whose fetch may run: a bounded number at once, and those that a request waits for first.
package struct FetchQueue {
    private let slots: Int
    private var running = 0
    private var early: [Int] = []
    private var scheduled: [Int] = []

    package init(slots: Int) {
        self.slots = slots
    }

    /// Adds an issuer, which must not be in the queue yet.
    package mutating func add(_ issuer: Int, isEarly: Bool) {
        if isEarly { early.append(issuer) } else { scheduled.append(issuer) }
    }

    /// A request waits for an issuer by now; nothing happens when that issuer is not in the queue.
    package mutating func promote(_ issuer: Int) {
        guard let index = scheduled.firstIndex(of: issuer) else { return }
        early.append(scheduled.remove(at: index))
    }

    /// The next issuer to fetch, when there is one and a slot for it; `finished` must follow.
    package mutating func next() -> Int? {
        guard running < slots, !(early.isEmpty && scheduled.isEmpty) else { return nil }
        running += 1
        return early.isEmpty ? scheduled.removeFirst() : early.removeFirst()
    }

    package mutating func finished() {
        running -= 1
    }
}

/// One fetch that a refresher has begun.
package struct FetchOrder: Sendable {
    /// The issuer's own number.
    package var issuer: Int
    package var source: KeySource
    /// What the file looked like when its keys were last read.
    var stamp: FileStamp?
}
