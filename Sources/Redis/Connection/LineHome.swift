/// The thread that asks, when it serves the socket of a ready connection itself. What it is told, it does in that order.
package struct LineHome: Sendable {
    /// Takes a socket that doesn't block, and what is spoken on it: both are its own from here on.
    let take: @Sendable (CInt, @escaping @Sendable () -> RedisLine) -> Void
    /// Does something with the line that was taken last, if there is one still.
    let perform: @Sendable (@escaping @Sendable (RedisLine) -> Void) -> Void

    package init(
        take: @escaping @Sendable (CInt, @escaping @Sendable () -> RedisLine) -> Void,
        perform: @escaping @Sendable (@escaping @Sendable (RedisLine) -> Void) -> Void
    ) {
        self.take = take
        self.perform = perform
    }
}
