package import Authentication
package import EventLoop

/// How other threads reach a worker.
package typealias WorkerMailbox = Mailbox<Message>

/// What other threads tell an event loop.
package enum Message: Sendable {
    /// Replies to questions.
    case records([NumberedReply])
    /// Questions to ask again: there is a connection to the store by now.
    case questions([Question])
    /// What came of an effect that a request waits for.
    case reply(Ticket, EffectReply)
    /// A connection to serve: a socket that doesn't block, owned by who takes this.
    case connection(CInt)
    /// A connection to the store to ask on from now on: the same, and what is spoken on it, which is the loop's when it is
    /// called.
    case store(CInt, @Sendable () -> any StoreLine)
    /// Something to do with what is spoken with the store, if the loop has a connection to it.
    case line(@Sendable (any StoreLine) -> Void)
    /// Anything that is rare.
    case perform(@Sendable (inout WorkerContext) -> Void)
    /// Take no more connections, finish the requests in flight, and end. The loop that has the doors tells the others, when
    /// no more connections come from it.
    case end(DrainLimits)
}
