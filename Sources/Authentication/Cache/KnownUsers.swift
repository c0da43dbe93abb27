import Bytes
import JOSE

/// Users' records as they were read last, so that one that has ended by itself serves on while Authgear is asked to write it
/// anew: whoever is active never waits for that (contract section 10, case 1). Belongs to one event loop.
///
/// Only a record whose end is known is kept, and only while the store tells of changes. One that changes or goes before its
/// end was purged, and is never used again; whether an end is the time-to-live's is told by the clock. So a purge in the last
/// moments of a record's life that is told after its end, as late as changes may be told, is taken for the end.
struct KnownUsers {
    private struct KnownUser {
        let record: UserRecord
        let user: [UInt8]
        /// The record's key in the store: each user has two.
        let key: [UInt8]
        /// On the steady clock, in nanoseconds, as all moments here.
        let endsAt: Int64
        /// What Authgear is asked when the record ends, and what that credential's answer is kept under.
        let question: AuthgearQuestion
        let credential: SHA256Digest
        /// It was used again after it was read first.
        var isInUse = false
        /// The store has told that it is gone.
        var hasGone = false
        /// Authgear was asked after the end, and could not say.
        var isFailing = false
        /// From when on Authgear may be asked in the background.
        var askableFrom = Int64.min

        /// The bytes that it takes beside the value itself, about.
        var memory: Int {
            user.count + key.count + question.memory + record.roles.reduce(64) { $0 + $1.count + 32 }
        }
    }

    /// Between two questions about one user that nobody waits for.
    private static let askInterval = Duration.seconds(1)
    /// So many are asked about at a tick, of half a second; whoever comes asks himself.
    private static let maximumEnded = 256
    /// Beside the time that a question may take: the record is read again within it.
    private static let readAgain = Duration.seconds(1)

    private var users: SieveCache<KnownUser>
    /// Those who are active and whose records have ended: Authgear is to be asked at the next tick. Each process and each
    /// event loop hears of the end at the same time; what one of them asks spares the others theirs.
    private var ended: [SHA256Digest] = []
    private var timeout: Duration
    private var maximumStale: Duration

    init(bound: CacheBound, timeout: Duration, maximumStale: Duration) {
        users = SieveCache(bound: bound)
        self.timeout = timeout
        self.maximumStale = maximumStale
    }

    /// Users are judged by other rules from now on, or have other records: none is known.
    mutating func rulesChanged(timeout: Duration, maximumStale: Duration) {
        users.removeAll()
        ended = []
        (self.timeout, self.maximumStale) = (timeout, maximumStale)
    }

    var isEmpty: Bool { users.count == 0 }

    mutating func resize(to bound: CacheBound) { users.resize(to: bound) }

    private static func digest(of user: [UInt8]) -> SHA256Digest {
        SHA256Digest(of: user.span.bytes)
    }

    private mutating func keep(_ known: KnownUser, under digest: SHA256Digest) {
        users.insert(known, for: digest, cost: known.memory)
    }

    // MARK: What the store says

    /// A session's record of its user was read, and is good.
    ///
    /// - Parameters:
    ///   - query: under which of the user's two keys.
    ///   - question: about the credential that led here; its answer is kept under `credential`.
    mutating func read(
        _ record: UserRecord, by query: RecordQuery, of user: [UInt8], asking question: AuthgearQuestion,
        for credential: SHA256Digest, now: Moment
    ) {
        let digest = Self.digest(of: user)
        guard let endsAt = record.endsAt else { return users.remove(digest) }
        var known = KnownUser(
            record: record, user: user, key: query.key, endsAt: endsAt, question: question.knowing(wasValid: true),
            credential: credential)
        known.isInUse = users.value(for: digest).map { now.steady < $0.endsAt } ?? false
        keep(known, under: digest)
    }

    /// The session of a user whose record was just read is used once more.
    mutating func use(_ user: [UInt8], now: Moment) {
        let digest = Self.digest(of: user)
        guard var known = users.peek(digest), !known.isInUse, now.steady < known.endsAt else { return }
        known.isInUse = true
        keep(known, under: digest)
    }

    /// The record under a key changed, or is gone.
    ///
    /// - Parameters:
    ///   - isTold: whether the store tells of changes when they happen, as far as is known.
    ///   - heard: when the store was heard to say so, which tells an end from a purge.
    ///   - isUsed: whether the answer under a digest was given again since it was made.
    mutating func changed(
        _ key: RawSpan, of user: RawSpan, isTold: Bool, heard: Int64, isUsed: (SHA256Digest) -> Bool
    ) {
        let digest = SHA256Digest(of: user)
        guard var known = users.peek(digest) else { return }
        let isOther = !known.key.span.bytes.equals(key)
        guard heard >= known.endsAt else {
            // While this one is there, a purge shows on it.
            if !isOther { users.remove(digest) }
            return
        }
        // It ends once. What happens to either of the two afterwards may be a purge, and so may what is told late.
        guard !isOther, !known.hasGone, isTold else {
            return users.remove(digest)
        }
        known.hasGone = true
        keep(known, under: digest)
        if known.isInUse || isUsed(known.credential), ended.count < Self.maximumEnded { ended.append(digest) }
    }

    /// A record of the user's was found that is not kept: what was read before it is older.
    mutating func forget(_ user: [UInt8]) {
        if users.count > 0 { users.remove(Self.digest(of: user)) }
    }

    /// What Authgear is to be asked since the last call, because the records of users have ended who are active; nothing about
    /// those whose records have come meanwhile.
    mutating func takeEnded(now: Moment) -> [BackgroundQuestion] {
        guard !ended.isEmpty else { return [] }
        defer { ended = [] }
        return ended.compactMap { digest in
            guard var known = users.peek(digest), known.hasGone, now.steady >= known.askableFrom else { return nil }
            known.askableFrom = now.steady(after: Self.askInterval)
            keep(known, under: digest)
            return BackgroundQuestion(
                question: known.question, purpose: .user, subject: .credential(known.credential, user: known.user))
        }
    }

    /// The store may have changed without telling: of what it did not tell that it is gone nobody can say how it will have
    /// ended.
    mutating func distrust() {
        users.removeAll { known in !known.hasGone }
    }

    // MARK: What serves on

    /// What serves in place of a user's record that is missing.
    struct Substitute {
        let record: UserRecord
        /// Whether Authgear is to be asked now.
        let isToBeAsked: Bool
        /// How long an answer by it may be kept, on the steady clock: no longer than until Authgear may be asked again.
        let keptUntil: Int64
    }

    /// Whether there is a record that has ended and may be used without asking first, if the store has none. Only while the
    /// store tells of changes: else that it has none is all that says that no newer one was written.
    func servesOn(for user: [UInt8], isTold: Bool, now: Moment) -> Bool {
        guard isTold, users.count > 0, let known = users.peek(Self.digest(of: user)) else { return false }
        return now.steady >= known.endsAt && now.steady <= lastMoment(of: known)
    }

    /// Until when a record that has ended may be used without asking first, on the steady clock.
    private func lastMoment(of known: KnownUser) -> Int64 {
        known.endsAt.addingSaturated((known.isFailing ? maximumStale : timeout + Self.readAgain).nanoseconds)
    }

    /// The record that has ended, while it may be used without asking first; nil when there is none.
    mutating func substitute(for user: [UInt8], isTold: Bool, now: Moment) -> Substitute? {
        let digest = Self.digest(of: user)
        guard var known = usable(digest, isTold: isTold, now: now) else { return nil }
        let lastMoment = lastMoment(of: known)
        guard now.steady <= lastMoment else { return nil }
        let isToBeAsked = now.steady >= known.askableFrom
        if isToBeAsked {
            known.askableFrom = now.steady(after: Self.askInterval)
            keep(known, under: digest)
        }
        return Substitute(
            record: known.record, isToBeAsked: isToBeAsked, keptUntil: min(lastMoment, known.askableFrom))
    }

    /// The same, now that Authgear was asked and could not say.
    mutating func lastResort(for user: [UInt8], isTold: Bool, now: Moment) -> UserRecord? {
        guard let known = usable(Self.digest(of: user), isTold: isTold, now: now) else { return nil }
        return now.steady <= known.endsAt.addingSaturated(maximumStale.nanoseconds) ? known.record : nil
    }

    /// One whose record the store does not have, and which may be used for some time.
    private mutating func usable(_ digest: SHA256Digest, isTold: Bool, now: Moment) -> KnownUser? {
        guard let known = users.value(for: digest) else { return nil }
        // Gone before its end, although that is not told yet; or nobody would tell; or its user is to be looked at anew.
        guard now.steady >= known.endsAt, known.hasGone || isTold, !known.record.isStale(at: now.timestamp) else {
            users.remove(digest)
            return nil
        }
        return known
    }

    // MARK: What Authgear says

    /// Authgear was asked about a session of the user's. What it said is newer than what has ended.
    mutating func concluded(about user: [UInt8], with reply: AuthgearReply, now: Moment) {
        let digest = Self.digest(of: user)
        guard var known = users.peek(digest) else { return }
        switch reply {
        case .invalid, .silent: users.remove(digest)
        case .valid(let identity) where identity.userID == user:
            if now.steady >= known.endsAt { users.remove(digest) }
        case .valid, .unknown:
            known.isFailing = now.steady >= known.endsAt
            keep(known, under: digest)
        }
    }
}
