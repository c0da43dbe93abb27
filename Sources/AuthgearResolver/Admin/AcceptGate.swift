import NIOCore

/// Lets accepted connections in, up to a limit, and closes the others at once. At the limit, the oldest connection that has
/// not asked anything yet makes room for a new one: who connects and is silent keeps nobody out. All server channels share
/// one, and its loop.
final class AcceptGate {
    private struct Guest {
        var channel: any Channel
        /// How many came before.
        var number: Int
        /// Until its request has been read.
        var isSilent = true
    }

    private let limit: Int
    /// The channels that are open, but for those that are being closed to make room.
    private var guests: [ObjectIdentifier: Guest] = [:]
    private var total = 0
    /// Set when somebody waits for the last channel to close.
    private var emptied: EventLoopPromise<Void>?

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether one more connection may be open.
    func enter(_ channel: any Channel) -> Bool {
        guard guests.count < limit || makeRoom() else { return false }
        guests[ObjectIdentifier(channel)] = Guest(channel: channel, number: total)
        total += 1
        return true
    }

    /// The connection has sent its request.
    func hear(_ channel: any Channel) {
        guests[ObjectIdentifier(channel)]?.isSilent = false
    }

    func leave(_ channel: any Channel) {
        guests[ObjectIdentifier(channel)] = nil
        if guests.isEmpty { emptied?.succeed() }
    }

    private func makeRoom() -> Bool {
        let silent = guests.values.filter(\.isSilent)
        guard let oldest = silent.min(by: { $0.number < $1.number })?.channel else { return false }
        // At once, not when it is closed: until then its place would be taken.
        guests[ObjectIdentifier(oldest)] = nil
        oldest.close(promise: nil)
        return true
    }

    /// Closes all channels.
    ///
    /// - Returns: when none is open.
    func closeAll(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = emptied ?? eventLoop.makePromise()
        emptied = promise
        for guest in guests.values { guest.channel.close(promise: nil) }
        if guests.isEmpty { promise.succeed() }
        return promise.futureResult
    }
}

/// Stands before NIO's own accept handler and asks the gate.
final class AcceptHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let gate: NIOLoopBoundBox<AcceptGate>

    init(_ gate: NIOLoopBoundBox<AcceptGate>) {
        self.gate = gate
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        guard gate.value.enter(channel) else {
            channel.close(promise: nil)
            return
        }
        let gate = gate
        channel.closeFuture.whenComplete { _ in
            gate.eventLoop.execute { gate.value.leave(channel) }
        }
        context.fireChannelRead(data)
    }
}
