package import Bytes
package import JOSE

/// Which DPoP proofs were used within the time in which they are good (RFC 9449 section 11.1).
///
/// Bounded: what does not fit is not forgotten early, which would let a proof in again, but not taken in.
package struct ReplayCache: Sendable {
    /// A proof, by what no other one has.
    package struct Use: Sendable {
        /// The thumbprint of its key.
        fileprivate let key: SHA256Digest
        /// Of the thumbprint and `jti` together.
        fileprivate let identity: SHA256Digest
        fileprivate let issuedAt: Timestamp

        package init(key: SHA256Digest, identifier: [UInt8], issuedAt: Timestamp) {
            self.key = key
            // The thumbprint has a fixed length, so no two pairs have the same bytes.
            identity = SHA256Digest(of: (key.bytes + identifier).span.bytes)
            self.issuedAt = issuedAt
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

    /// How many proofs are remembered.
    package static let maximumCount = 200_000
    /// How many of one key: who signs without end keeps others out of nothing.
    package static let maximumCountOfKey = 2_000

    private let maximumCount: Int
    private let maximumCountOfKey: Int
    private var uses: [SHA256Digest: Timestamp] = [:]
    private var counts: [SHA256Digest: Int] = [:]
    /// By the second of `iat`: what is forgotten together. No more than the seconds of `dpop.max_age`, and of its leeway.
    private var seconds: [Int64: [Use]] = [:]
    /// The second in which the time of some was last looked at.
    private var lastSecond = Int64.min
    /// The end of the last second that was forgotten.
    private var forgottenUntil = Timestamp.distantPast

    package init(
        maximumCount: Int = ReplayCache.maximumCount, maximumCountOfKey: Int = ReplayCache.maximumCountOfKey
    ) {
        self.maximumCount = maximumCount
        self.maximumCountOfKey = maximumCountOfKey
    }

    /// How many are remembered.
    package var count: Int { uses.count }

    /// Remembers that a proof is used now, unless it was before.
    ///
    /// - Parameter age: how long a proof is good.
    package mutating func record(_ use: Use, goodFor age: Duration, now: Timestamp) -> Ruling {
        if now.seconds != lastSecond { forget(goodFor: age, now: now) }
        guard use.issuedAt >= forgottenUntil else { return .tooOld }
        let known = uses[use.identity]
        if let known, known + age >= now { return .replayed }
        guard uses.count < maximumCount, counts[use.key, default: 0] < maximumCountOfKey else { return .full }
        // One whose time is over has yet to be forgotten: then it finds that it is another's by now.
        uses[use.identity] = use.issuedAt
        counts[use.key, default: 0] += 1
        seconds[use.issuedAt.seconds, default: []].append(use)
        return .first
    }

    /// Forgets those whose time is over.
    private mutating func forget(goodFor age: Duration, now: Timestamp) {
        lastSecond = now.seconds
        for second in seconds.keys {
            let end = Timestamp(seconds: second) + .seconds(1)
            guard end + age < now, let over = seconds.removeValue(forKey: second) else { continue }
            forgottenUntil = max(forgottenUntil, end)
            for use in over { forget(use) }
        }
    }

    private mutating func forget(_ use: Use) {
        if uses[use.identity] == use.issuedAt { uses[use.identity] = nil }
        let count = counts[use.key, default: 1] - 1
        counts[use.key] = count > 0 ? count : nil
    }
}

/// The memory of used proofs that all event loops of a process share.
package protocol ReplayMemory: AnyObject, Sendable {
    func record(_ use: ReplayCache.Use, goodFor age: Duration, now: Timestamp) -> ReplayCache.Ruling
}
