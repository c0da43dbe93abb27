import Authentication

/// Replies whose requests go on in a later turn of the loop, in the order in which they came. No more than there are requests that
/// wait, and such as were given up meanwhile.
struct PostponedReplies {
    private var replies: [(ticket: Ticket, reply: EffectReply)] = []
    /// Those before this place are gone.
    private var front = 0

    var isEmpty: Bool { front == replies.count }

    mutating func append(_ reply: EffectReply, to ticket: Ticket) {
        replies.append((ticket, reply))
    }

    mutating func popFirst() -> (ticket: Ticket, reply: EffectReply)? {
        guard front < replies.count else { return nil }
        defer {
            front += 1
            if isEmpty { (replies, front) = ([], 0) }
        }
        return replies[front]
    }
}
