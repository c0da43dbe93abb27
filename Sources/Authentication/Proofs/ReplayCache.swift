package import Bytes
package import JOSE

/// Which DPoP proofs were used within the time in which they are good (RFC 9449 section 11.1).
///
/// Bounded: what does not fit is not forgotten early, which would let a proof in again, but not taken in. No call does the work that
/// many others have left: what is over is forgotten in small parts.
package struct ReplayCache: Sendable {
    /// A proof, by what no other one has.
    package struct Use: Sendable {
        /// The thumbprint of its key.
        fileprivate let key: SHA256Digest
        /// Of the thumbprint and `jti` together.
        fileprivate let identity: SHA256Digest
        fileprivate let issuedAt: Timestamp
        /// When the request came that it is for; nil: now.
        fileprivate let arrivedAt: Timestamp?

        package init(
            key: SHA256Digest, identifier: [UInt8], issuedAt: Timestamp, arrivedAt: Timestamp? = nil
        ) {
            self.key = key
            // The thumbprint has a fixed length, so no two pairs have the same bytes.
            identity = SHA256Digest(of: key, followedBy: identifier.span.bytes)
            (self.issuedAt, self.arrivedAt) = (issuedAt, arrivedAt)
        }
    }

    package enum Ruling: Hashable, Sendable {
        /// It is used for the first time, and remembered.
        case first
        case replayed
        /// It is older than some that are forgotten, because a clock was set back or the time has become longer: nobody knows.
        case tooOld
        /// There is no room for another one of its key, or of any.
        case full
    }

    /// For how long proofs are remembered.
    package struct Window: Sendable {
        /// How long a proof is good.
        fileprivate let age: Duration
        /// How much longer it may come to be judged: its request came in time, and waited.
        fileprivate let patience: Duration

        package init(age: Duration, patience: Duration = .zero) {
            (self.age, self.patience) = (age, patience)
        }
    }

    /// What is forgotten of a use.
    private struct Entry {
        let key: SHA256Digest
        let identity: SHA256Digest
        let issuedAt: Timestamp

        init(_ use: Use) { (key, identity, issuedAt) = (use.key, use.identity, use.issuedAt) }
    }

    /// How many proofs are remembered.
    package static let maximumCount = 200_000
    /// How many of one key: who signs without end keeps others out of nothing.
    package static let maximumCountOfKey = 2_000
    /// How many a call forgets at most. It adds one, so what is over does not pile up.
    static let forgottenInCall = 16
    /// How many stand together: so many are moved at most when there are more.
    private static let chunk = 256

    private let maximumCount: Int
    private let maximumCountOfKey: Int
    private var uses = DigestTable<Timestamp>()
    private var keys = DigestTable<KeyUses>()
    /// By the second of `iat`: what is over together. No more than the seconds of the window, and of the leeway.
    private var seconds: [Int64: [[Entry]]] = [:]
    /// What is over, and yet to be forgotten.
    private var over: [[Entry]] = []
    /// The second in which the time of some was last looked at.
    private var lastSecond = Int64.min
    /// The end of the last second that is over.
    private var overUntil = Timestamp.distantPast

    package init(
        maximumCount: Int = ReplayCache.maximumCount, maximumCountOfKey: Int = ReplayCache.maximumCountOfKey
    ) {
        self.maximumCount = maximumCount
        self.maximumCountOfKey = maximumCountOfKey
    }

    /// How many are remembered.
    package var count: Int { uses.count }

    /// Remembers that a proof is used now, unless it was before.
    package mutating func record(_ use: Use, within window: Window, now: Timestamp) -> Ruling {
        let ruling = ruling(on: use, within: window, now: now)
        guard ruling == .first else { return ruling }
        // One whose time is over has yet to be forgotten: then it finds that it is another's by now.
        uses[use.identity] = use.issuedAt
        let (second, oldest) = (use.issuedAt.seconds, overUntil.seconds)
        keys.update(use.key, from: KeyUses()) { $0.add(second, forgettingBefore: oldest) }
        add(Entry(use), to: second)
        return .first
    }

    /// What it would come to if a proof were recorded, which it is not.
    package mutating func ruling(on use: Use, within window: Window, now: Timestamp) -> Ruling {
        if now.seconds != lastSecond { end(within: window, now: now) }
        forgetSome()
        guard use.issuedAt >= overUntil else { return .tooOld }
        // By the time of its request, as the proof's own time is: what is used anew since stands here in the place of the old one.
        if let known = uses[use.identity], known + window.age >= use.arrivedAt ?? now { return .replayed }
        // What is kept beyond its own time, for who waits, takes no key's room.
        let count = keys[use.key]?.count(from: (now - window.age).seconds) ?? 0
        return uses.count < maximumCount && count < maximumCountOfKey ? .first : .full
    }

    private mutating func add(_ entry: Entry, to second: Int64) {
        let last = (seconds[second]?.count ?? 0) - 1
        if last >= 0, let count = seconds[second]?[last].count, count < Self.chunk {
            seconds[second]?[last].append(entry)
        } else {
            seconds[second, default: []].append([entry])
        }
    }

    /// Looks which seconds are over: nothing of them counts from now on.
    private mutating func end(within window: Window, now: Timestamp) {
        lastSecond = now.seconds
        let ended = seconds.keys.filter { Self.end(of: $0) + window.age + window.patience < now }
        for second in ended {
            overUntil = max(overUntil, Self.end(of: second))
            over += seconds.removeValue(forKey: second) ?? []
        }
    }

    private static func end(of second: Int64) -> Timestamp { Timestamp(seconds: second) + .seconds(1) }

    private mutating func forgetSome() {
        for _ in 0..<Self.forgottenInCall {
            guard let last = over.indices.last else { return }
            guard let entry = over[last].popLast() else {
                over.removeLast()
                continue
            }
            if uses[entry.identity] == entry.issuedAt { uses[entry.identity] = nil }
            if keys[entry.key]?.count(from: overUntil.seconds) == 0 { keys[entry.key] = nil }
        }
    }
}

/// How many proofs one key was used for, by the second of `iat`: what is over does not count, whether it is forgotten already or not.
private struct KeyUses: Sendable {
    private struct Second: Sendable {
        var number: Int64
        var count = 1
    }

    /// Most keys are used in one second, or a few.
    private var last = Second(number: .min, count: 0)
    private var others: [Second] = []

    mutating func add(_ second: Int64, forgettingBefore oldest: Int64) {
        if second == last.number { return last.count += 1 }
        if let place = others.firstIndex(where: { $0.number == second }) { return others[place].count += 1 }
        others.removeAll { $0.number < oldest }
        if last.number >= oldest { others.append(last) }
        last = Second(number: second)
    }

    /// How many of a second and those after it.
    func count(from second: Int64) -> Int {
        others.reduce(last.number >= second ? last.count : 0) { $0 + ($1.number >= second ? $1.count : 0) }
    }
}

/// The memory of used proofs that all event loops of a process share.
package protocol ReplayMemory: AnyObject, Sendable {
    func record(_ use: ReplayCache.Use, within window: ReplayCache.Window, now: Timestamp) -> ReplayCache.Ruling
    /// The same without recording it.
    func ruling(on use: ReplayCache.Use, within window: ReplayCache.Window, now: Timestamp) -> ReplayCache.Ruling
}
