import Bytes
import EventLoop
import Redis

// Other settings (a reload).
extension RedisClient {
    /// Other settings are on their way, and the rules by which they are asked may come before them: from here on nothing is asked of
    /// the server, and who asks waits for the one that they lead to. `adopt` follows; what was asked before is answered meanwhile.
    mutating func hold(at now: Int64) {
        guard !data.isStopped else { return }
        isHeld = true
        isReady = false
        waiting.connectionLost(at: now)
    }

    /// Takes other settings: leaves the server, and connects to the one that they lead to. Look-ups that it owes replies to are asked
    /// again, and wait for the connection with those that are asked meanwhile; nothing that was read before is answered from memory.
    mutating func adopt(
        _ settings: RedisConfiguration, as role: FeedRole, on poller: borrowing Poller, at now: Int64
    ) {
        guard !data.isStopped else { return }
        isHeld = false
        self.settings = settings
        searchAnew()
        isCached = role != .none
        journal.move(to: "\(settings.options.address)")
        waiting.adopt(patience: settings.options.commandTimeout, limit: settings.options.maximumPending)
        nextNameCheck = now.addingSaturated(settings.names.interval)
        moved = []
        // That was the former server's.
        provenAt = nil
        // The feed first: what it had told of ends before the connection that it is the partner of.
        feed?.adopt(target, at: now)
        data.adopt(target, at: now)
        settle(on: poller, at: now)
        if role != .owner {
            feed = nil
            journal.forget(ChangeFeed.telling)
        } else if feed == nil {
            feed = ChangeFeed(target, journal: journal, token: tokens.feed)
        }
        data.start(at: now)
        feed?.link.start(at: now)
        connect(on: poller, at: now)
        takeSentinels(on: poller, at: now)
        // Behind the attempt, for which they wait. It is not they that broke the connection, so they are as good as new.
        for lookUp in moved.take() ?? [] { ask(for: lookUp.query, number: lookUp.number, asked: now, at: now) }
        settle(on: poller, at: now)
    }
}
