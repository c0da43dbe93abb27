import Bytes

/// Which server of a service is the primary, decided from what its Sentinels say, without the I/O (contract section 7).
///
/// A *round* asks the known Sentinels in turn, each for 300 ms at most; who answered comes first in the next one. Rounds follow each
/// other twice a second, and at once when a connection is to be made or a Sentinel tells of a switch. An answer is a vote, and counts
/// for a second from when its question was sent. The primary is the address that a majority of the known Sentinels gives.
///
/// Any two majorities have a Sentinel in common. So when a majority has come to call another server the primary, one of those that
/// vouched for the former one had been asked before that: trust in the former one ends within a second of it, whichever Sentinels
/// can be reached.
package struct SentinelTopology {
    /// How long one Sentinel is waited for before the next is asked.
    package static let turn: Int64 = 300_000_000
    /// Between the beginnings of two rounds; and while a Sentinel names another primary by a later failover.
    package static let interval: Int64 = 500_000_000
    package static let haste: Int64 = 100_000_000
    /// How long an answer counts, from when it was asked for.
    package static let voteLifetime: Int64 = 1_000_000_000
    /// For how long a Sentinel that named another primary by a later failover, and is silent since, is remembered to have done so.
    static let memory: Int64 = 30_000_000_000
    /// Between the beginnings of two rounds at least, whatever a Sentinel tells.
    static let spacing: Int64 = 10_000_000
    /// How many Sentinels are known at most.
    static let maximumMembers = 32

    private struct Vote {
        /// Nil: it knows no service of that name.
        let primary: NodeAddress?
        let epoch: Int64
        let sent: Int64
    }

    private struct Member {
        let id: Int
        let place: NodeAddress
        let isConfigured: Bool
        /// As it says itself, or as others say of its place.
        var runID: String?
        /// Set from its first answer on.
        var hasAnswered = false
        var vote: Vote?
        /// The others, as it listed them last.
        var peers: [SentinelPeer] = []
        /// Why it did not answer when it was asked last.
        var problem: String?

        /// What it counts by: two places may lead to one Sentinel.
        var identity: String { runID ?? "\(place)" }
        /// Whether it may be one of those that others have heard of.
        var isNameless: Bool { runID == nil && !hasAnswered }
        var answeredAt: Int64 { vote?.sent ?? .min }
    }

    private let service: String
    /// In the order in which they are asked.
    private var members: [Member]
    private var nextID: Int
    /// Those whose turn comes in the round, by id; nil between rounds.
    private var queue: [Int]?
    /// Whose turn it is, until when.
    private var asked: (id: Int, until: Int64)?
    /// Those who were asked in the round, and have not answered.
    private var silent: Set<Int> = []
    private var began = Int64.min
    private var isWanted = true
    /// Whether the round has found a majority, of votes of its own.
    private var isDecided = false
    /// The last address that a majority gave.
    private var chosen: NodeAddress?
    /// Grows when a round has found a majority, and when it ends without one: then `view` is worth looking at.
    package private(set) var conclusions = 0

    package init(_ group: SentinelGroup) {
        service = group.service
        members = group.hosts.enumerated().map { Member(id: $0.offset, place: $0.element, isConfigured: true) }
        nextID = members.count
    }

    /// The Sentinels that are asked, by id; no id is given twice.
    package var places: [(id: Int, place: NodeAddress)] { members.map { ($0.id, $0.place) } }

    // MARK: Rounds

    /// A round is to begin at once; behind the one that is under way, unless that has not found a majority yet.
    package mutating func want() {
        isWanted = isWanted || queue == nil || isDecided
    }

    /// A Sentinel tells of another primary: what was said before is of the former one, so that the round under way is not enough.
    package mutating func switched() {
        isWanted = true
    }

    /// When `next` has something to do.
    package var due: Int64 {
        let soonest = began.addingSaturated(isWanted ? Self.spacing : pause)
        guard let asked else { return soonest }
        return isDecided && isWanted ? min(asked.until, soonest) : asked.until
    }

    private var pause: Int64 { isContested(at: began) ? Self.haste : Self.interval }

    /// Who is to be asked now; nil: nobody, for the moment. To be called until it is nil, and after each answer and failure.
    package mutating func next(at now: Int64) -> Int? {
        // Who was silent comes last, and must not hold up those who answer: with a majority found the rest can wait for another round.
        let isOverdue = isDecided && now >= began.addingSaturated(isWanted ? Self.spacing : Self.interval)
        if let asked {
            guard now >= asked.until || isOverdue else { return nil }
            if now >= asked.until { note("no answer within 300 ms", of: asked.id) }
            self.asked = nil
        }
        if queue != nil, isOverdue { endRound() }
        if queue == nil {
            guard now >= began.addingSaturated(isWanted ? Self.spacing : pause) else { return nil }
            beginRound(at: now)
        }
        guard var queue, let id = queue.first else {
            endRound()
            return nil
        }
        queue.removeFirst()
        self.queue = queue
        asked = (id, now.addingSaturated(Self.turn))
        silent.insert(id)
        return id
    }

    private mutating func beginRound(at now: Int64) {
        (began, isWanted, isDecided, silent) = (now, false, false, [])
        queue = members.map(\.id)
    }

    private mutating func endRound() {
        guard let rest = queue else { return }
        queue = nil
        asked = nil
        // First those who answered, then those who were not asked, and last those who let us wait.
        let unasked = Set(rest)
        members =
            members.filter { !silent.contains($0.id) && !unasked.contains($0.id) }
            + members.filter { unasked.contains($0.id) } + members.filter { silent.contains($0.id) }
        if !isDecided { conclusions += 1 }
    }

    // MARK: Answers

    /// A Sentinel has answered the questions that were sent then, in its turn or later.
    package mutating func answered(_ id: Int, _ answer: SentinelAnswer, sent: Int64, at now: Int64) {
        guard let index = members.firstIndex(where: { $0.id == id }) else { return }
        members[index].hasAnswered = true
        members[index].vote = Vote(primary: answer.primary, epoch: answer.epoch, sent: sent)
        members[index].peers = answer.peers
        let heardOf = members[index].isConfigured ? nil : members[index].runID
        members[index].runID = answer.runID ?? inferredRunID(of: members[index]) ?? heardOf
        members[index].problem = nil
        silent.remove(id)
        if asked?.id == id { asked = nil }
        learn(from: answer.peers)
        prune()
        decide(at: now)
    }

    /// A Sentinel that was asked can't answer, in words of ours; nil: for the reason that it had before.
    package mutating func failed(_ id: Int, because problem: String?) {
        if let problem { note(problem, of: id) }
        if asked?.id == id { asked = nil }
    }

    private mutating func note(_ problem: String, of id: Int) {
        guard let index = members.firstIndex(where: { $0.id == id }) else { return }
        members[index].problem = problem
    }

    /// Who one is that does not say it (before Redis 6.2): whom others list at its place; else the only one that it does not list itself,
    /// for a Sentinel lists all but itself.
    private func inferredRunID(of member: Member) -> String? {
        if let peer = members.lazy.flatMap(\.peers).first(where: { $0.place == member.place }) { return peer.runID }
        let others = members.filter { $0.id != member.id }
        let unlisted = Set(others.flatMap { $0.peers.map(\.runID) } + others.compactMap(\.runID))
            .subtracting(member.peers.map(\.runID))
        return unlisted.count == 1 ? unlisted.first : nil
    }

    private mutating func learn(from peers: [SentinelPeer]) {
        for peer in peers where !members.contains(where: { $0.runID == peer.runID }) {
            if let index = members.firstIndex(where: { $0.place == peer.place }) {
                // Whoever answers there says himself who he is.
                if !members[index].hasAnswered { members[index].runID = peer.runID }
            } else if members.count < Self.maximumMembers {
                members.append(Member(id: nextID, place: peer.place, isConfigured: false, runID: peer.runID))
                // In this round still: it may be wanted for a majority.
                queue?.append(nextID)
                nextID += 1
            }
        }
    }

    /// Leaves those that were only heard of, and are not heard of any more or are asked at another place already.
    private mutating func prune() {
        var listed: Set<String> = []
        var frontier = members.filter(\.isConfigured)
        // From the configured ones on: two that only know each other keep each other for ever otherwise.
        while let member = frontier.popLast() {
            for peer in member.peers where listed.insert(peer.runID).inserted {
                frontier += members.filter { $0.runID == peer.runID }
            }
        }
        let known = members
        members.removeAll { member in
            guard !member.isConfigured, let runID = member.runID else { return false }
            return !listed.contains(runID)
                || known.contains { $0.id < member.id && $0.runID == runID && $0.hasAnswered }
        }
    }

    private mutating func decide(at now: Int64) {
        guard let found = majority(at: now, sentSince: began) else { return }
        chosen = found.address
        if queue != nil, !isDecided {
            isDecided = true
            conclusions += 1
        }
    }
}

// What follows from the votes.
extension SentinelTopology {
    /// How many Sentinels there are, as far as is known.
    ///
    /// One that the URL names and that has never answered is taken for one of those that others have heard of: else a Sentinel that is
    /// down, and that others know by another address, would count twice.
    package var known: Int {
        let answered = Set(members.filter(\.hasAnswered).map(\.identity))
        let heardOf = Set(members.flatMap { $0.peers.map(\.runID) } + members.compactMap(\.runID)).subtracting(answered)
        let unheard = members.count { $0.isConfigured && !$0.hasAnswered }
        return answered.count + max(unheard, heardOf.count)
    }

    /// The newest vote of each Sentinel, as far as it counts.
    private func votes(at now: Int64, sentSince start: Int64 = .min) -> [String: Vote] {
        var votes: [String: Vote] = [:]
        for member in members {
            guard let vote = member.vote, vote.sent >= start, now < vote.sent.addingSaturated(Self.voteLifetime) else {
                continue
            }
            if let other = votes[member.identity], other.sent >= vote.sent { continue }
            votes[member.identity] = vote
        }
        return votes
    }

    /// The address that a majority gives: with its epoch, and until when there are enough votes for it.
    private func majority(
        at now: Int64, sentSince start: Int64 = .min
    ) -> (address: NodeAddress, epoch: Int64, until: Int64)? {
        let needed = known / 2 + 1
        var votesFor: [NodeAddress: [Vote]] = [:]
        for vote in votes(at: now, sentSince: start).values {
            if let primary = vote.primary { votesFor[primary, default: []].append(vote) }
        }
        guard let (address, votes) = votesFor.first(where: { $0.value.count >= needed }) else { return nil }
        // The one that the majority can't do without.
        let last = votes.map(\.sent).sorted(by: >)[needed - 1]
        return (address, votes.map(\.epoch).max() ?? 0, last.addingSaturated(Self.voteLifetime))
    }

    /// Whether a Sentinel names another primary than the majority, by a later failover: then the majority is about to follow.
    package func isContested(at now: Int64) -> Bool {
        guard let found = majority(at: now) else { return false }
        return members.contains { member in
            guard let vote = member.vote, let primary = vote.primary else { return false }
            return primary != found.address && vote.epoch > found.epoch && now < vote.sent.addingSaturated(Self.memory)
        }
    }

    /// Until when what was read at this server may be kept in memory, as far as the Sentinels decide on that; nil: not at all.
    package func trust(in node: NodeAddress, at now: Int64) -> Int64? {
        guard let found = majority(at: now), found.address == node, !isContested(at: now) else { return nil }
        return found.until
    }

    /// What the Sentinels say at this moment.
    package func view(at now: Int64) -> PrimaryView {
        let choice = choice(at: now)
        return PrimaryView(
            service: service, choice: choice, isContested: isContested(at: now),
            rows: counted.map { row(of: $0, choice: choice, at: now) }, known: known)
    }

    /// A place of each Sentinel, as many as are `known` as far as there are places: of those that lead to one, where it answered last.
    private var counted: [Member] {
        var places: [String: Member] = [:]
        for member in members {
            if let other = places[member.identity], other.answeredAt >= member.answeredAt { continue }
            places[member.identity] = member
        }
        var nameless = known - places.values.count { !$0.isNameless }
        return members.filter { member in
            guard places[member.identity]?.id == member.id else { return false }
            guard member.isNameless else { return true }
            nameless -= 1
            return nameless >= 0
        }
    }

    private func choice(at now: Int64) -> PrimaryView.Choice {
        if let found = majority(at: now) { return .majority(found.address) }
        let votes = votes(at: now)
        var candidates: [NodeAddress] = []
        // The latest failover first; then the server that the majority named last, which may still be it.
        let named = votes.values.filter { $0.primary != nil }.sorted { $0.epoch > $1.epoch }
        for node in named.compactMap(\.primary) + (chosen.map { [$0] } ?? []) where !candidates.contains(node) {
            candidates.append(node)
        }
        if !candidates.isEmpty { return .minority(candidates) }
        return votes.isEmpty ? .unreachable : .unknownName
    }

    private func row(of member: Member, choice: PrimaryView.Choice, at now: Int64) -> PrimaryView.Row {
        let voice: PrimaryView.Voice
        if let vote = member.vote, now < vote.sent.addingSaturated(Self.voteLifetime) {
            let isRight = vote.primary.map { choice == .majority($0) } ?? false
            voice = vote.primary == nil ? .unknownName : isRight ? .agrees : .differs
        } else {
            voice = .silent
        }
        return PrimaryView.Row(place: member.place, voice: voice, problem: voice == .silent ? member.problem : nil)
    }
}
