import Authentication
import EventLoop
package import Redis

// Where Sentinels say where the server is.
extension RedisClient {
    /// Another worker is to make a connection: the Sentinels are asked, and all workers told.
    package mutating func askSentinels() { sentinels?.want() }

    /// Whether this worker is to make a connection and another one asks the Sentinels, once.
    mutating func takeSentinelWish() -> Bool { sentinels == nil && search?.takeWish() ?? false }

    /// What the Sentinels say at this moment; nil where this worker asks none.
    package func primaryView(at now: Int64) -> PrimaryView? {
        switch sentinels {
        case .some(let sentinels): sentinels.view(at: now)
        case .none: nil
        }
    }

    /// Begins to look for the server by the settings that hold.
    mutating func searchAnew() {
        target = settings
        sentinels = nil
        search = settings.sentinels.map { PrimarySearch($0, timeout: settings.options.connectTimeout) }
        guard isWatcher, let group = settings.sentinels else { return }
        sentinels = SentinelWatch(settings, of: group, firstToken: tokens.sentinels)
    }

    /// An attempt is due: whether it can be made now. Else it waits, or has failed.
    mutating func isTargetKnown(at now: Int64) -> Bool {
        guard let step = search?.step(at: now), let group = search?.group else { return true }
        switch step {
        case .connect(let node):
            lead(to: node, of: group, at: now)
            return true
        case .wait(let until):
            data.postpone(until: until)
            if sentinels != nil, search?.takeWish() ?? false { sentinels?.want() }
            return false
        case .fail(let reason):
            status = .unreachable(reason: reason)
            absence = .disconnected
            journal.down(because: reason, at: now)
            fail(waiting.attemptFailed(at: now), because: absence, at: now)
            data.failed(at: now)
            hasEndedFirstAttempt = true
            return false
        }
    }

    private mutating func lead(to node: NodeAddress, of group: SentinelGroup, at now: Int64) {
        let next = settings.leading(to: node, of: group)
        guard next.options.address.endpoint != target.options.address.endpoint else { return }
        target = next
        data.lead(by: next, isNew: search?.view?.choice == .majority(node))
        feed?.move(to: next, at: now)
        // What the Sentinels vouched for was the former one.
        vouch(at: now)
    }

    /// Takes in what the Sentinels have said to this worker, and has the others told.
    mutating func takeSentinels(on poller: borrowing Poller, at now: Int64) {
        guard sentinels != nil else { return }
        sentinels?.settle(on: poller, at: now)
        if let view = sentinels?.takeView() {
            changes.append(.primary(view))
            learn(view, on: poller, at: now)
        }
        guard sentinels?.takeNews() ?? false else { return }
        vouch(at: now)
        settle(on: poller, at: now)
    }

    /// Has the feed's trust end with that in the server.
    private mutating func vouch(at now: Int64) {
        let moment = sentinels?.trust(in: search?.node, at: now) ?? nil
        feed?.vouch(
            until: moment, problem: search?.view?.problem ?? "the Sentinels are about to name another primary", at: now)
    }

    /// The Sentinels have been asked.
    mutating func learn(_ view: PrimaryView, on poller: borrowing Poller, at now: Int64) {
        switch search?.learn(view) {
        case .nothing, nil: return
        case .attempt: data.resume(at: now)
        case .move:
            data.conversation?.close(because: .moved, at: now)
            settle(on: poller, at: now)
            data.resume(at: now)
        }
        connect(on: poller, at: now)
        settle(on: poller, at: now)
    }

    /// Why a connection failed, for a person.
    func reason(of failure: ConnectionFailure) -> String {
        let reason = failure.reason(at: target.options.address)
        guard let search, let node = search.node else { return reason }
        switch failure {
        case .unproven(.replica), .unproven(.otherRole), .unproven(.linkDown), .unproven(.lagging):
            return
                "the Sentinels call \(node) the primary of \(search.group.service), and it says itself that it is none"
        default: return reason
        }
    }
}
