import Authentication
package import EventLoop
import Redis

extension RedisClient {
    /// The owner of the feed tells what changed.
    package mutating func receive(_ changes: [MemoryChange], on poller: borrowing Poller, at now: Int64) {
        var heard: PrimaryView?
        for change in changes {
            if case .primary(let view) = change { heard = view } else { apply(change, at: now) }
        }
        settle(on: poller, at: now)
        if let heard { learn(heard, on: poller, at: now) }
    }

    private mutating func apply(_ change: MemoryChange, at now: Int64) {
        switch change {
        case .records(let keys, let heard): memoryEvents.append(.changed(keys, heard: heard))
        // The owner's own: it has learnt it.
        case .primary: break
        case .everything:
            _ = lease.revoked()
            memoryEvents.append(.distrusted)
        case .revoked: perform(lease.revoked(), at: now)
        case .lease(let until, let server): perform(lease.leased(until: until, of: server, at: now), at: now)
        }
    }

    private mutating func perform(_ action: MemoryLease.Action, at now: Int64) {
        switch action {
        case .none: break
        case .trust(let moment):
            data.conversation?.areChangesTold = true
            memoryEvents.append(.trusted(until: moment))
        case .distrust:
            data.conversation?.areChangesTold = false
            memoryEvents.append(.distrusted)
        case .failed:
            memoryEvents.append(.distrusted)
            data.conversation?.close(because: .unproven(.notTheFeeds), at: now)
        }
    }

    /// Takes in what happened on the connections, until nothing follows from it any more, and writes what is to be written.
    mutating func settle(on poller: borrowing Poller, at now: Int64) {
        repeat {
            // Replies before events: whoever waits is told by the connection that it asked, not by its end.
            data.conversation?.takeEnded(into: &ended)
            data.conversation?.takeEvents(into: &events)
            takeEnded(at: now)
            takeEvents(at: now)
            // The feed behind the data connection, whose events may make it ask for a redirection.
            feed?.settle(at: now)
            takeFeedChanges(at: now)
            // Last: all that the above has asked for leaves in one write.
            data.flush(on: poller, at: now)
            feed?.link.flush(on: poller, at: now)
        } while hasNews
    }

    /// Whether writing has made something happen.
    private var hasNews: Bool {
        switch feed {
        case .some(let feed): data.isOver || feed.link.isOver
        case .none: data.isOver
        }
    }

    private mutating func takeEnded(at now: Int64) {
        guard !ended.isEmpty else { return }
        var list: [EndedLookUp] = []
        swap(&list, &ended)
        // By index: each would be copied to be looked at otherwise.
        for index in list.indices {
            if case .unavailable(.disconnected) = list[index].reply, !data.isStopped {
                // Counted when it has come to its end.
                if moved == nil { lost.append(list[index]) } else { moved?.append(list[index]) }
            } else {
                journal.ended(list[index], at: now)
                replies.append(NumberedReply(number: list[index].number, reply: list[index].reply))
            }
        }
        list.removeAll(keepingCapacity: true)
        swap(&list, &ended)
    }

    private mutating func takeEvents(at now: Int64) {
        guard !events.isEmpty else { return }
        var list: [RedisConnectionState.Event] = []
        swap(&list, &events)
        for event in list { hear(event, at: now) }
        list.removeAll(keepingCapacity: true)
        swap(&list, &events)
    }

    private mutating func hear(_ event: RedisConnectionState.Event, at now: Int64) {
        switch event {
        case .ready: ready(at: now)
        case .proven(let sent, let server, let gap):
            if gap == nil { provenAt = sent }
            feed?.dataProven(sent: sent, by: server, gap: gap, at: now)
            if isCached { perform(lease.proven(sent: sent, by: gap == nil ? server : nil, at: now), at: now) }
        case .redirected(let error): feed?.dataRedirected(error: error, at: now)
        case .authenticated(let error): renewed(error, at: now)
        case .tried(let outcome): note(outcome)
        case .closed(let failure): lost(because: failure, at: now)
        }
    }

    private mutating func ready(at now: Int64) {
        data.becameReady(at: now)
        status = .reachable
        isReady = !isHeld
        hasEndedFirstAttempt = true
        journal.up(at: now)
        // Before the look-ups: the redirection is then on its way, and what they read can be remembered the sooner.
        feed?.dataReady()
        // It may stand with those that its partner had before.
        if settings.credentialFiles != nil, let credentials = settings.options.address.credentials {
            feed?.use(credentials, at: now)
        }
        guard isReady else { return }
        for lookUp in waiting.ended() { ask(for: lookUp.query, number: lookUp.number, asked: lookUp.asked, at: now) }
    }

    private mutating func lost(because failure: ConnectionFailure, at now: Int64) {
        absence = failure.lookUpFailure == .notPrimary ? .notPrimary : .disconnected
        let reason = reason(of: failure)
        // That is told of as a reload, and is no outage: how things are is known again when the attempt at the other server has ended.
        let isMove = failure == .reconfigured
        if !isMove { status = .unreachable(reason: reason) }
        journal.down(because: data.isStopped || isMove ? nil : reason, at: now)
        endTrial(with: status)
        nameCheck = nil
        feed?.dataLost(because: failure, at: now)
        // Before anybody waits for the next connection: nothing that this one read is believed from here on.
        perform(lease.connectionLost(), at: now)
        // Other settings may be the cure of what kept the connection from becoming ready: who waits goes on waiting.
        if isReady || isHeld || isMove || failure == .moved {
            isReady = false
            waiting.connectionLost(at: now)
        } else {
            fail(waiting.attemptFailed(at: now), because: absence, at: now)
        }
        // Its last replies: what was asked since it was lost, before that was heard, as on a connection that was ready no longer.
        data.conversation?.takeEnded(into: &ended)
        takeEnded(at: now)
        data.lost(at: now)
        hasEndedFirstAttempt = true
    }

    private mutating func note(_ outcome: TrialOutcome) {
        guard let status = trial?.note(outcome) else { return }
        endTrial(with: status)
    }

    private mutating func takeFeedChanges(at now: Int64) {
        guard feed != nil else { return }
        if let client = feed?.takeRedirection() { data.conversation?.redirect(to: client, at: now) }
        if feed?.takeProofDue() ?? false { data.conversation?.beat(at: now) }
        var list: [MemoryChange] = []
        feed?.takeChanges(into: &list)
        guard !list.isEmpty else { return }
        for change in list { apply(change, at: now) }
        changes += list
    }
}
