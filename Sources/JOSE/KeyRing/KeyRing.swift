/// The keys of all issuers at one moment: an immutable snapshot, swapped whole.
package struct KeyRing: Sendable {
    /// One per id.
    package var issuers: [IssuerKeys]
    /// Whose keys they are, in the same order.
    package let ids: [IssuerID]

    /// - Parameter ids: nil: the numbers from zero on.
    package init(issuers: [IssuerKeys], ids: [IssuerID]? = nil) {
        self.issuers = issuers
        self.ids = ids ?? IssuerID.first(count: issuers.count)
    }

    /// Nothing fetched yet for any of `count` issuers, which have the numbers from zero on.
    package static func empty(issuers count: Int) -> KeyRing { empty(IssuerID.first(count: count)) }

    /// Nothing fetched yet for any of these issuers.
    package static func empty(_ ids: [IssuerID]) -> KeyRing {
        KeyRing(issuers: Array(repeating: IssuerKeys(set: nil, usableUntil: .min), count: ids.count), ids: ids)
    }

    /// The place of an issuer in `issuers`; nil when the ring was made for other issuers.
    ///
    /// - Parameter guess: where it is looked for first.
    package func place(of id: IssuerID, guess: Int = 0) -> Int? {
        guess < ids.count && ids[guess] == id ? guess : ids.firstIndex(of: id)
    }
}

/// What is known of one issuer's keys.
package struct IssuerKeys: Sendable {
    /// The last good set; nil until the first fetch succeeded.
    package var set: KeySet?
    /// When the set is too old to be trusted (`jwks.max_stale` after it was last confirmed): a moment of the steady clock, in
    /// nanoseconds, so that setting the civil clock neither ends nor lengthens the trust.
    package var usableUntil: Int64

    package init(set: KeySet?, usableUntil: Int64) {
        self.set = set
        self.usableUntil = usableUntil
    }
}

/// An issuer together with the policy for its tokens, as a number that a process gives once. The same issuer on other terms
/// is another number, so what rests on the old terms does not hold under the new ones.
///
/// Numbers begin at zero and are dense: tables are indexed by them.
package struct IssuerID: Hashable, Sendable, ExpressibleByIntegerLiteral {
    package let number: UInt32

    package init(_ number: UInt32) {
        self.number = number
    }

    package init(integerLiteral number: UInt32) {
        self.number = number
    }

    /// The numbers from zero on, for a process that has one configuration for its whole life.
    package static func first(count: Int) -> [IssuerID] {
        (0..<count).map { IssuerID(UInt32(truncatingIfNeeded: $0)) }
    }
}

/// A key that a token needs and the ring doesn't have: neither valid nor invalid yet.
package struct MissingKey: Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// No fetch has succeeded since the start.
        case neverLoaded
        /// The last good set is older than `jwks.max_stale`.
        case tooOld
        /// The set is fresh enough, and the `kid` is not in it.
        case unknownKid
    }

    package var issuer: IssuerID
    /// The token's `kid`, decoded; nil when it has none (then the cause is never `unknownKid`).
    package var kid: [UInt8]?
    package var cause: Cause

    package init(issuer: IssuerID, kid: [UInt8]?, cause: Cause) {
        self.issuer = issuer
        self.kid = kid
        self.cause = cause
    }
}

/// What came of looking for a missing key.
package enum KeyReply: Hashable, Sendable {
    /// The issuer's set holds the key by now: verify again.
    case arrived
    /// A fetch that began after the `kid` was first seen did not bring it: the token is invalid.
    case absent
    /// It could not be looked for in time: the outcome is unknown.
    case unavailable
}
