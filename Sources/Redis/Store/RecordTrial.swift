import Authentication
import NIOCore

/// Records that are asked for on a connection to see whether they can be had; nobody's, so that none should be there.
///
/// That a server answers a `PING` proves little: a Sentinel, a node of a cluster without the key's slot, or a user without
/// the rights does, too. One event loop's.
final class RecordTrial {
    /// Tells answers to this trial from late ones to another.
    let number: Int
    private let address: RedisAddress
    private let promise: EventLoopPromise<StoreStatus>
    /// How many answers must still come.
    private var missing: Int
    private var timer: Scheduled<Void>?

    /// - Parameters:
    ///   - queries: how many there are.
    ///   - patience: for all of them.
    init(
        number: Int, queries: Int, at address: RedisAddress, patience: TimeAmount, on eventLoop: any EventLoop
    ) {
        self.number = number
        self.address = address
        promise = eventLoop.makePromise(of: StoreStatus.self)
        missing = queries
        timer = eventLoop.assumeIsolated().scheduleTask(in: patience) { [weak self] in
            self?.end("redis at \(address) did not answer GET in time: is it overloaded?")
        }
        if queries == 0 { promise.succeed(.reachable) }
    }

    /// Always succeeds.
    var result: EventLoopFuture<StoreStatus> { promise.futureResult }

    /// An answer to a trial has come.
    func note(_ outcome: TrialOutcome) {
        guard outcome.trial == number, missing > 0 else { return }
        guard let refusal = outcome.refusal else {
            missing -= 1
            if missing == 0 { finish(.reachable) }
            return
        }
        end("redis at \(address) refused GET for \(outcome.kind.words) record: \(refusal)")
    }

    /// Nothing more will come.
    func end(_ reason: String) {
        if missing > 0 { finish(.unreachable(reason: reason)) }
    }

    private func finish(_ status: StoreStatus) {
        missing = 0
        timer?.cancel()
        promise.succeed(status)
    }
}

extension RecordQuery.Kind {
    /// Whose record it is.
    fileprivate var words: StaticString {
        switch self {
        case .session: "a session's"
        case .user: "a user's"
        case .accessGrant: "an access grant's"
        case .offlineGrant: "an offline grant's"
        case .appSession: "an app session's"
        }
    }
}
