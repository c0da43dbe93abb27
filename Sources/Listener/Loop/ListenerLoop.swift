package import NIOCore
package import Resolution
import Telemetry

/// What the connections of one event loop share: the resolver, the clock, the buffers, the counts. Confined to the loop.
package final class ListenerLoop {
    package let eventLoop: any EventLoop
    let bounds: ConnectionBounds
    private(set) var effects: LoopEffects
    var resolver: Resolver
    package var figures = ListenerFigures()
    package let readBuffers = ReadBuffers()
    let fixedAnswers = FixedAnswers()
    /// How many sweeps there were.
    private(set) var tick = 0
    /// The answers of the batch: of what one event on one connection makes.
    var output = ByteBuffer()
    /// Set while a batch runs. What wants to begin one then has to wait.
    private(set) var isBusy = false
    /// When the batch began.
    private(set) var now: Moment
    private var clock = LoopClock()
    private var tail = AnswerTail()
    /// Answers of the batch whose requests came with its beginning.
    private var promptAnswers = 0
    /// What waits for the end of the batch.
    private var deferred: [() -> Void] = []
    private var connections: [ConnectionHandler] = []
    /// Set when the process is to end; done when no connection is open.
    private var emptied: EventLoopPromise<Void>?
    private var sweeps: RepeatedTask?

    /// - Parameter effects: made when all else is there, so that they can hold on to the loop.
    package init(
        on eventLoop: any EventLoop, limits: ConnectionLimits, resolver: consuming Resolver,
        effects: (ListenerLoop) -> LoopEffects
    ) {
        self.eventLoop = eventLoop
        self.bounds = ConnectionBounds(limits)
        self.resolver = resolver
        self.now = clock.now
        self.effects = .none
        self.effects = effects(self)
    }

    /// Gives the resolver to what publishes keys, hears of changed records, or counts.
    package func withResolver<Value>(_ body: (inout Resolver) -> Value) -> Value {
        body(&resolver)
    }

    /// Serves a new connection of this loop.
    package func serve(_ channel: any Channel) throws {
        let options = channel.syncOptions
        try options?.setOption(.autoRead, value: false)
        try options?.setOption(.maxMessagesPerRead, value: 1)
        try options?.setOption(.allowRemoteHalfClosure, value: true)
        try options?.setOption(.recvAllocator, value: ReadBufferAllocator(readBuffers, eventLoop: eventLoop))
        try channel.pipeline.syncOperations.addHandler(ConnectionHandler(self))
    }

    /// Begins to sweep: time-outs are looked for every tick.
    package func start() {
        let interval = TimeAmount(ConnectionBounds.tick)
        let loop = NIOLoopBound(self, eventLoop: eventLoop)
        sweeps = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in loop.value.sweep() }
    }

    /// One tick has passed.
    package func sweep() {
        tick += 1
        clock.synchronize()
        for connection in connections { connection.tick() }
    }

    /// Closes idle connections at once and the others with their next answer, or when the time is over.
    ///
    /// - Returns: when none is open.
    package func drain(within span: Duration) -> EventLoopFuture<Void> {
        let promise = emptied ?? eventLoop.makePromise()
        guard emptied == nil else { return promise.futureResult }
        emptied = promise
        for connection in connections { connection.drain() }
        let loop = NIOLoopBound(self, eventLoop: eventLoop)
        let end = eventLoop.scheduleTask(in: TimeAmount(span)) { loop.value.closeAll() }
        promise.futureResult.whenComplete { _ in
            end.cancel()
            loop.value.sweeps?.cancel()
            // What the effects hold on to may hold on to the loop.
            loop.value.effects = .none
        }
        if connections.isEmpty { promise.succeed() }
        return promise.futureResult
    }

    package var connectionCount: Int { connections.count }

    /// Closes all connections as they are.
    package func closeAll() {
        for connection in connections { connection.abort() }
    }
}

extension ListenerLoop {
    /// Begins a batch, or has it begun after the running one.
    func batch(_ body: @escaping () -> Void) {
        guard !isBusy else { return deferred.append(body) }
        begin()
        body()
        end()
    }

    func begin() {
        isBusy = true
        now = clock.now
        tail.set(to: now.timestamp)
        output.clear()
    }

    func end() {
        if promptAnswers > 0 { recordPromptAnswers() }
        isBusy = false
        guard !deferred.isEmpty else { return }
        let next = deferred
        deferred = []
        for body in next { batch(body) }
    }

    private func recordPromptAnswers() {
        let nanoseconds = Moment.steadyNanoseconds() &- now.steady
        for _ in 0..<promptAnswers { figures.durations.record(nanoseconds: nanoseconds) }
        promptAnswers = 0
    }

    /// Adds an answer to the batch.
    func append(_ head: [UInt8], _ field: ConnectionField) {
        output.writeBytes(head)
        output.writeBytes(tail.bytes(field))
    }

    /// Counts the time that an answer took.
    func answered(since start: Int64) {
        if start == now.steady {
            promptAnswers += 1
        } else {
            figures.durations.record(nanoseconds: now.steady &- start)
        }
    }

    func add(_ connection: ConnectionHandler) {
        connection.slot = connections.count
        connections.append(connection)
        if emptied != nil { connection.drain() }
    }

    func remove(_ connection: ConnectionHandler) {
        if let last = connections.popLast(), last !== connection {
            last.slot = connection.slot
            connections[connection.slot] = last
        }
        if connections.isEmpty { emptied?.succeed() }
    }
}
