/// The handshakes of TLS that go on in a later turn of the loop, in the order in which something has come for them: a turn takes so many
/// steps of handshakes and no more, and who is answered from memory is served between.
struct HandshakeQueue {
    /// A step is what a client's message asks of libssl. The dearest, a signature with 2,048 bits of RSA, takes a millisecond.
    private static let stepsInTurn = 2

    /// How many steps the turn has taken.
    private var steps = 0
    /// Those whose clients have been answered go first: what was begun is ended, however many come.
    private var (begun, fresh) = (PostponedWork<Int>(), PostponedWork<Int>())
    /// All those slots: none stands there twice, whoever leaves and comes meanwhile.
    private var waiting: Set<Int> = []

    mutating func beginTurn() { steps = 0 }

    /// Takes a step for the connection in this slot, or has it wait behind the others. Whoever waits goes first in a turn: as long as one
    /// does, nothing is left of the turn for who comes.
    ///
    /// - Parameter hasBegun: whether it has taken a step before.
    /// - Returns: whether it may read what its client says.
    mutating func takeStep(for slot: Int, hasBegun: Bool) -> Bool {
        guard steps >= Self.stepsInTurn else {
            steps += 1
            return true
        }
        if waiting.insert(slot).inserted {
            if hasBegun { begun.append(slot) } else { fresh.append(slot) }
        }
        return false
    }

    /// The connection that goes on next in this turn; nil when none does.
    mutating func popFirst() -> Int? {
        guard steps < Self.stepsInTurn, let slot = begun.popFirst() ?? fresh.popFirst() else { return nil }
        waiting.remove(slot)
        return slot
    }

    var isEmpty: Bool { begun.isEmpty && fresh.isEmpty }
}
