import Testing
import Worker

/// What connections hold while they wait, and whose turn it is to let go.
@Suite struct HeldBytesTests {
    /// Who would have to go, one after another.
    private static func order(_ held: inout HeldBytes) -> [Int] {
        var slots: [Int] = []
        while let slot = held.takeOldest() { slots.append(slot) }
        return slots
    }

    @Test func `what all hold counts, until they are gone`() {
        var held = HeldBytes(limit: 100)
        held.note(bytes: 60, requestDeadline: 1, in: 0)
        held.note(bytes: 40, requestDeadline: 1, in: 7)
        #expect(!held.isOver)
        held.note(bytes: 41, requestDeadline: 1, in: 7)
        #expect(held.isOver)
        held.note(bytes: 59, requestDeadline: 1, in: 0)
        #expect(!held.isOver)
        held.note(bytes: 0, in: 0)
        held.note(bytes: 100, in: 3)
        #expect(held.isOver)
        held.note(bytes: 0, in: 7)
        #expect(!held.isOver)
    }

    @Test func `the oldest incomplete head is the first, whatever came to it since`() {
        var held = HeldBytes(limit: 0)
        held.note(bytes: 1, in: 4)
        for slot in 0..<3 { held.note(bytes: 1, requestDeadline: 9, in: slot) }
        held.note(bytes: 500, requestDeadline: 9, in: 0)
        // This one's head is complete, and another has begun.
        held.note(bytes: 1, requestDeadline: 10, in: 1)
        // Who holds something else comes after them.
        #expect(Self.order(&held) == [0, 2, 1, 4])
    }

    @Test func `who let go and came back is the youngest`() {
        var held = HeldBytes(limit: 0)
        held.note(bytes: 1, requestDeadline: 9, in: 0)
        held.note(bytes: 1, requestDeadline: 9, in: 1)
        held.note(bytes: 0, in: 0)
        held.note(bytes: 1, requestDeadline: 9, in: 0)
        #expect(Self.order(&held) == [1, 0])
    }

    @Test func `however often they come and go, the order holds`() {
        var held = HeldBytes(limit: 0)
        held.note(bytes: 1, requestDeadline: 1, in: 0)
        for turn in 2..<5_000 {
            held.note(bytes: 1, requestDeadline: turn, in: 1)
            held.note(bytes: 0, in: 2)
            held.note(bytes: 1, requestDeadline: turn, in: 2)
        }
        #expect(Self.order(&held) == [0, 1, 2])
    }

    @Test func `who is idle comes first, in the order in which they were used last`() {
        var held = HeldBytes(limit: 0)
        held.note(bytes: 1, requestDeadline: 1, in: 0)
        held.note(bytes: 1, in: 1)
        for slot in 2..<6 { held.note(bytes: 1, idleDeadline: 5, in: slot) }
        held.note(bytes: 2, idleDeadline: 6, in: 2)
        held.note(bytes: 2, idleDeadline: 5, in: 3)
        // This one has begun a request.
        held.note(bytes: 1, requestDeadline: 9, in: 4)
        #expect(Self.order(&held) == [3, 5, 2, 0, 4, 1])
    }

    @Test func `who gave up a part stands behind the others`() {
        var held = HeldBytes(limit: 0)
        for slot in 0..<3 { held.note(bytes: 2, in: slot) }
        #expect(held.takeOldest() == 0)
        held.putBack(slot: 0)
        held.note(bytes: 1, in: 0)
        #expect(Self.order(&held) == [1, 2, 0])
    }

    @Test func `memory is given back once when much was freed`() {
        var held = HeldBytes(limit: 1 << 30)
        held.note(bytes: 20 << 20, requestDeadline: 1, in: 0)
        var verdicts = [held.shouldRelease()]
        held.note(bytes: 0, in: 0)
        verdicts += [held.shouldRelease(), held.shouldRelease()]
        held.note(bytes: 1 << 20, requestDeadline: 1, in: 0)
        held.note(bytes: 0, in: 0)
        verdicts += [held.shouldRelease()]
        #expect(verdicts == [false, true, false, false])
    }
}
