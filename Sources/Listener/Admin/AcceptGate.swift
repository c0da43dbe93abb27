import NIOCore

/// Lets accepted connections in, up to a limit; closes the others at once. All server channels share one, and its loop.
final class AcceptGate {
    private let limit: Int
    /// The channels that are open.
    private var channels: [ObjectIdentifier: any Channel] = [:]
    /// Set when somebody waits for the last channel to close.
    private var emptied: EventLoopPromise<Void>?

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether one more connection may be open.
    func enter(_ channel: any Channel) -> Bool {
        guard channels.count < limit else { return false }
        channels[ObjectIdentifier(channel)] = channel
        return true
    }

    func leave(_ channel: any Channel) {
        channels[ObjectIdentifier(channel)] = nil
        if channels.isEmpty { emptied?.succeed() }
    }

    /// Closes all channels.
    ///
    /// - Returns: when none is open.
    func closeAll(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = emptied ?? eventLoop.makePromise()
        emptied = promise
        for channel in channels.values { channel.close(promise: nil) }
        if channels.isEmpty { promise.succeed() }
        return promise.futureResult
    }
}
