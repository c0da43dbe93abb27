/// An answer, finished but for its last line.
package struct Answer: Sendable {
    package var outcome: Outcome
    /// The response from `HTTP/1.1` to the end of its last own field line. The listener adds what depends on the
    /// connection (`Date`, and `Connection` where it must stand) and the empty line.
    package var head: [UInt8]

    package init(outcome: Outcome, head: [UInt8]) {
        self.outcome = outcome
        self.head = head
    }
}
