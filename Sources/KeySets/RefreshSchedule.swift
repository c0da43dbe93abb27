import Bytes
package import JOSE
package import NIOCore

/// One issuer's key refresh, without I/O: when to fetch, who waits for what, and what they are told.
///
/// Each event returns what is to be done now; `wakeAt` says when `timePassed` is due. Fetches are numbered, and each
/// `kid` remembers how many had begun when it was first seen: a fetch settles exactly those that were seen before it
/// began, for as long as early fetches are apart. `Asker` is whoever waits: a reply closure, or in tests a name.
package struct RefreshSchedule<Asker>: ~Copyable {
    /// What an event asks for.
    package struct Actions {
        package enum Fetch: Sendable {
            /// Begun for the keys' age, or as a retry.
            case scheduled
            /// Begun because a request waits for a key.
            case early
        }

        /// A fetch to begin; its end must be reported by `fetchSucceeded` or `fetchFailed`.
        package var fetch: Fetch?
        package var answers: [(asker: Asker, reply: KeyReply)] = []
    }

    /// Facts about the issuer's current set that an answer depends on.
    package struct Holding {
        /// The `kid` that is asked for is in the set.
        package var hasKid: Bool
        /// A set is loaded and not too old.
        package var isUsable: Bool

        package init(hasKid: Bool, isUsable: Bool) {
            self.hasKid = hasKid
            self.isUsable = isUsable
        }
    }

    private struct Waiter {
        var asker: Asker
        /// Nil when any usable set will do.
        var kid: [UInt8]?
        /// How many fetches had begun when the `kid` was first seen.
        var firstSeen: Int
        var deadline: NIODeadline
    }

    private var pace: Pace
    package private(set) var hasStarted = false
    /// How many fetches have begun, the running one included.
    private var begun = 0
    /// When the last fetch began.
    private var begunAt: NIODeadline = .uptimeNanoseconds(0)
    /// The number of the last fetch that succeeded; 0 before.
    private var succeeded = 0
    /// From when on a `kid` that the last set doesn't have has to be looked for again. It counts from the moment at which
    /// that set was asked for: the issuer may have published the key right after.
    private var denialsEnd: NIODeadline = .uptimeNanoseconds(0)
    private var isFetching = false
    private var backoff: Backoff
    /// When the next fetch is due without anybody asking.
    private var refreshAt: NIODeadline = .distantFuture
    /// From when on a fetch may begin because somebody asks.
    private var earlyFetchFrom: NIODeadline = .uptimeNanoseconds(0)
    private var sightings: Sightings
    /// In the order in which they came, which is that of their deadlines.
    private var waiters = CircularBuffer<Waiter>()

    /// - Parameter memory: how many unknown `kid`s are remembered.
    package init(pace: Pace, memory: Int) {
        self.pace = pace
        backoff = pace.backoff
        sightings = Sightings(capacity: memory)
    }

    package var waiting: Int { waiters.count }

    /// How long a request waits for a key that it misses from now on.
    package var wait: TimeAmount {
        get { pace.wait }
        set { pace.wait = newValue }
    }

    /// When a fetch is due without anybody asking; nil before the start and from the end on.
    package var nextFetch: NIODeadline? { refreshAt < .distantFuture ? refreshAt : nil }

    /// How long until the next fetch that is due without anybody asking.
    package func untilRefresh(now: NIODeadline) -> TimeAmount {
        max(refreshAt - now, .zero)
    }

    /// When `timePassed` is due next; nil when only an event can change anything.
    package var wakeAt: NIODeadline? {
        var moments = waiters.first.map { [$0.deadline] } ?? []
        if !isFetching {
            if refreshAt < .distantFuture { moments.append(refreshAt) }
            if !waiters.isEmpty { moments.append(earlyFetchFrom) }
        }
        return moments.min()
    }

    /// The service has started: the first fetch is due.
    package mutating func start(now: NIODeadline) -> Actions {
        hasStarted = true
        refreshAt = now
        return timePassed(now: now)
    }

    package mutating func timePassed(now: NIODeadline) -> Actions {
        var actions = Actions()
        advance(to: now, into: &actions)
        return actions
    }

    /// A request misses a key.
    ///
    /// - Parameter mayWait: false when too many wait already; the `kid` is then noted, and the answer immediate.
    package mutating func find(
        _ missing: MissingKey, asker: Asker, holding: Holding, mayWait: Bool, now: NIODeadline
    ) -> Actions {
        var actions = Actions()
        // A set may have come since the request missed the key.
        let suffices = missing.kid == nil ? missing.cause != .unknownKid : holding.hasKid
        // Noted even if the answer is immediate: a fetch that begins after the first sight of a `kid` settles it.
        let firstSeen =
            missing.kid.map { sightings.firstSeen(SHA256Digest(of: $0.span.bytes), fetchesBegun: begun) } ?? begun
        if holding.isUsable, suffices {
            actions.answers.append((asker, .arrived))
        } else if holding.isUsable, firstSeen < succeeded, now < denialsEnd {
            // A fetch that began after the `kid` was first seen did not bring it, and that was not long ago.
            actions.answers.append((asker, .absent))
        } else if mayWait {
            waiters.append(Waiter(asker: asker, kid: missing.kid, firstSeen: firstSeen, deadline: now + pace.wait))
        } else {
            actions.answers.append((asker, .unavailable))
        }
        // Last, so that a fetch that begins for this request's sake has begun after its `kid` was seen.
        advance(to: now, into: &actions)
        return actions
    }

    /// The running fetch brought a set, the same or another one.
    ///
    /// - Parameters:
    ///   - holds: whether a `kid` is in that set.
    ///   - maxAge: what the answer said about how long it stays fresh.
    ///   - jitter: from 0 to 1.
    package mutating func fetchSucceeded(
        maxAge: TimeAmount?, jitter: Double, now: NIODeadline, holds: ([UInt8]) -> Bool
    ) -> Actions {
        isFetching = false
        backoff.reset()
        // Only one runs at a time, so it is the last that began.
        succeeded = begun
        denialsEnd = begunAt + pace.betweenEarlyFetches
        refreshAt = now + pace.untilRefresh(maxAge: maxAge, jitter: jitter)
        var actions = Actions()
        // Who goes on waiting does so in the same order, which is that of the deadlines.
        let asked = waiters
        waiters.removeAll()
        for waiter in asked {
            if waiter.kid.map(holds) ?? true {
                actions.answers.append((waiter.asker, .arrived))
            } else if waiter.firstSeen < begun {
                actions.answers.append((waiter.asker, .absent))
            } else {
                // The `kid` was first seen while this fetch ran: its set may be older than the key.
                waiters.append(waiter)
            }
        }
        // They may be owed a fetch at once.
        advance(to: now, into: &actions)
        return actions
    }

    /// The running fetch failed; the last good set stays.
    package mutating func fetchFailed(jitter: Double, now: NIODeadline) -> Actions {
        isFetching = false
        // Nobody is answered because of it: who can still see the retry's end waits on, the others are let go below.
        refreshAt = now + TimeAmount(backoff.fail(jitter: jitter))
        return timePassed(now: now)
    }

    /// Nobody waits any longer, and nothing is fetched.
    ///
    /// - Parameter reply: what those are told who wait.
    package mutating func stop(with reply: KeyReply = .unavailable) -> Actions {
        refreshAt = .distantFuture
        let actions = Actions(answers: waiters.map { ($0.asker, reply) })
        waiters.removeAll()
        return actions
    }

    /// Begins the fetch that is due, then lets go those who wait in vain.
    private mutating func advance(to now: NIODeadline, into actions: inout Actions) {
        // Before those who wait are looked at: a fetch that begins now is what they wait for.
        if !isFetching {
            if refreshAt <= now {
                begin(.scheduled, at: now, into: &actions)
            } else if !waiters.isEmpty, earlyFetchFrom <= now {
                // Only early fetches keep the next one back: strangers can cause them, and the schedule's own are rare.
                earlyFetchFrom = now + pace.betweenEarlyFetches
                begin(.early, at: now, into: &actions)
            }
        }
        // Without a running fetch nothing can come before the next one begins.
        let hopelessBefore = isFetching ? now : min(refreshAt, earlyFetchFrom)
        while let first = waiters.first, first.deadline <= now || first.deadline < hopelessBefore {
            actions.answers.append((first.asker, .unavailable))
            waiters.removeFirst()
        }
    }

    private mutating func begin(_ fetch: Actions.Fetch, at now: NIODeadline, into actions: inout Actions) {
        isFetching = true
        begun += 1
        begunAt = now
        actions.fetch = fetch
    }
}

/// Which unknown `kid`s requests came with, and before which fetch each was first seen. Bounded: the oldest is forgotten.
///
/// Forgetting is safe: a `kid` that is seen again is looked for again, and whether a key is *in* the set never depends
/// on what is remembered here.
package struct Sightings: Sendable {
    private let capacity: Int
    /// For each `kid`'s digest, how many fetches had begun when it was first seen.
    private var fetchesBegun: [SHA256Digest: Int] = [:]
    /// The same `kid`s in the order in which they were first seen, as a ring once it is full.
    private var order: [SHA256Digest] = []
    private var oldest = 0

    package init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    package var count: Int { fetchesBegun.count }

    /// How many fetches had begun when `kid` was first seen; `begun`, and noted, when that is now.
    package mutating func firstSeen(_ kid: SHA256Digest, fetchesBegun begun: Int) -> Int {
        if let known = fetchesBegun[kid] { return known }
        if order.count < capacity {
            order.append(kid)
        } else {
            fetchesBegun[order[oldest]] = nil
            order[oldest] = kid
            oldest = (oldest + 1) % capacity
        }
        fetchesBegun[kid] = begun
        return begun
    }
}
