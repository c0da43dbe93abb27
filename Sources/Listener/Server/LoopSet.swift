import NIOCore
import Resolution

/// The listener's event loops, each with its `ListenerLoop`.
struct LoopSet: Sendable {
    private let boxes: [NIOLoopBoundBox<ListenerLoop?>]

    init(
        _ group: any EventLoopGroup, limits: ConnectionLimits, resolver: @escaping @Sendable () -> Resolver,
        effects: @escaping @Sendable (ListenerLoop) -> LoopEffects
    ) {
        boxes = group.makeIterator().map { eventLoop in
            let box = NIOLoopBoundBox<ListenerLoop?>.makeEmptyBox(valueType: ListenerLoop.self, eventLoop: eventLoop)
            eventLoop.execute {
                box.value = ListenerLoop(on: eventLoop, limits: limits, resolver: resolver(), effects: effects)
            }
            return box
        }
    }

    /// The loop that all connections are accepted on.
    var first: any EventLoop { boxes[0].eventLoop }

    func start() {
        forEach { $0.start() }
    }

    /// Adds the handler of a new connection to its channel, on the channel's loop.
    func serve(_ channel: any Channel) throws {
        guard let box = boxes.first(where: { $0.eventLoop === channel.eventLoop }), let loop = box.value else { return }
        try loop.serve(channel)
    }

    /// Does something on each loop, some time soon.
    func forEach(_ body: @escaping @Sendable (ListenerLoop) -> Void) {
        for box in boxes { box.eventLoop.execute { if let loop = box.value { body(loop) } } }
    }

    /// Asks each loop.
    func collect<Value: Sendable>(_ read: @escaping @Sendable (ListenerLoop) -> Value) async throws -> [Value] {
        var values: [Value] = []
        for box in boxes {
            if let value = try await box.eventLoop.submit({ box.value.map(read) }).get() { values.append(value) }
        }
        return values
    }

    /// Lets requests in flight finish for a while, then closes what is left; returns when no connection is open.
    func drain(within span: Duration) async {
        let drained = boxes.map { box in
            box.eventLoop.flatSubmit {
                box.value?.drain(within: span) ?? box.eventLoop.makeSucceededVoidFuture()
            }
        }
        for future in drained { try? await future.get() }
    }
}
