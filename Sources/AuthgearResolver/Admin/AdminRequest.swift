/// A request of the admin listener that waits for its page.
struct AdminRequest: Sendable {
    let uri: String
    let reply: @Sendable (AdminAnswer) -> Void
}
