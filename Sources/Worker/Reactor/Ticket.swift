/// Which wait of which request a reply is for. A reply that comes too late finds nobody.
package struct Ticket: Hashable, Sendable {
    /// Where the loop has the connection.
    let slot: Int
    /// The loop's number of the wait: no two have the same.
    let wait: UInt64

    package init(slot: Int, wait: UInt64) {
        self.slot = slot
        self.wait = wait
    }
}
