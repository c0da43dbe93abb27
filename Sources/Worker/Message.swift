package import Authentication
package import EventLoop

/// How other threads reach a worker.
package typealias WorkerMailbox = Mailbox<Message>

/// What other threads tell an event loop.
package enum Message: Sendable {
    /// What came of an effect that a request waits for.
    case reply(Ticket, EffectReply)
    /// A connection to serve: a socket that doesn't block, owned by who takes this.
    case connection(CInt, GatewayFront)
    /// Accept connections from now on.
    case open
    /// What an attempt to connect to Redis waits for was found out.
    case resolved(RedisClient.Resolution, RedisClient.Resolution.Answer)
    /// What the owner of the feed tells, in order.
    case changes([MemoryChange])
    /// Ask Redis nothing until `adopt` comes: rules that come between the two are not used with the server of before.
    case hold
    /// Speak with Redis by other settings, and then pass on to these workers theirs: what they were told of changes before has come by
    /// then.
    case adopt(RedisSettings, next: [(worker: WorkerMailbox, settings: RedisSettings)])
    /// Something to do with the worker's client of Redis, if it has one.
    case redis(@Sendable (inout RedisClient) -> Void)
    /// Anything that is rare.
    case perform(@Sendable (inout WorkerContext) -> Void)
    /// Say what there is to say of the worker.
    case report(@Sendable (WorkerReport) -> Void)
    /// Take no more connections, finish the requests in flight, and end. The loop that has the doors tells the others, when
    /// no more connections come from it.
    case end(DrainLimits)
}
