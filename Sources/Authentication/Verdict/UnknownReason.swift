import JOSE

/// Why a credential could not be checked: the value of `x-authgear-resolver-error`.
package enum UnknownReason: UInt8, CaseIterable, Sendable {
    /// No keys of the token's issuer could be fetched yet.
    case keysNotLoaded
    /// The issuer's last good keys are older than `jwks.max_stale`.
    case keysTooOld
    /// The token's `kid` is not in the issuer's set, and whether the issuer has it by now could not be asked yet.
    case keyNotLookedFor
    /// There is no connection to the session store.
    case storeDisconnected
    /// The session store did not answer in time.
    case storeTimedOut
    /// The session store refused the command.
    case storeRefused
    /// The session store's server is not the primary, or not the one that it was.
    case storeNotPrimary
    /// Too many look-ups wait for the session store.
    case storeOverloaded
    /// A record of the session store is not what it should be.
    case recordUnreadable
    /// The session store gave another record than the one that was asked for.
    case recordMismatched
    /// Authgear could not be reached.
    case authgearUnreachable
    /// Authgear did not answer within `authgear.timeout`.
    case authgearTimedOut
    /// Authgear, or the queue of questions to it, has too much to do.
    case authgearOverloaded
    /// What answers at `authgear.endpoint` does not answer as Authgear's resolver does, or of another user.
    case authgearRefused
    /// A server that is asked over HTTP, such as an introspection endpoint, could not be reached.
    case askUnreachable
    /// It did not answer in time.
    case askTimedOut
    /// It, or the queue of questions to it, has too much to do.
    case askOverloaded
    /// It refuses to answer, or calls everything inactive.
    case askRefused
    /// Its answer is not what it should be.
    case askUnreadable
    /// So many DPoP proofs were used lately, of one key or of all, that another one can't be remembered.
    case proofMemoryFull
    /// An app session's refresh token lacks full access, and its authorization in Authgear's database may have it.
    case scopeUndecided
    /// The user's record is not in the store, and `sessions.missing_user` is `unavailable`.
    case userMissing
    /// The answer would be longer than it may be (`limits.value_bytes`).
    case answerTooLong
    /// The assertion of who is calling could not be signed.
    case assertionUnsigned
    /// The decision took longer than `limits.decision_timeout`, or its request waited longest when all that waited exceeded
    /// `limits.buffered_bytes`.
    case decisionTimedOut

    package var text: StaticString {
        switch self {
        case .keysNotLoaded: "keys_not_loaded"
        case .keysTooOld: "keys_too_old"
        case .keyNotLookedFor: "key_not_looked_for"
        case .storeDisconnected: "store_disconnected"
        case .storeTimedOut: "store_timed_out"
        case .storeRefused: "store_refused"
        case .storeNotPrimary: "store_not_primary"
        case .storeOverloaded: "store_overloaded"
        case .recordUnreadable: "record_unreadable"
        case .recordMismatched: "record_mismatched"
        case .authgearUnreachable: "authgear_unreachable"
        case .authgearTimedOut: "authgear_timed_out"
        case .authgearOverloaded: "authgear_overloaded"
        case .authgearRefused: "authgear_refused"
        case .askUnreachable: "ask_unreachable"
        case .askTimedOut: "ask_timed_out"
        case .askOverloaded: "ask_overloaded"
        case .askRefused: "ask_refused"
        case .askUnreadable: "ask_unreadable"
        case .proofMemoryFull: "dpop_memory_full"
        case .scopeUndecided: "scope_undecided"
        case .userMissing: "user_missing"
        case .answerTooLong: "answer_too_long"
        case .assertionUnsigned: "assertion_unsigned"
        case .decisionTimedOut: "decision_timed_out"
        }
    }

    init(_ cause: MissingKey.Cause) {
        switch cause {
        case .neverLoaded: self = .keysNotLoaded
        case .tooOld: self = .keysTooOld
        case .unknownKid: self = .keyNotLookedFor
        }
    }

    init(_ failure: StoreFailure) {
        switch failure {
        case .disconnected: self = .storeDisconnected
        case .timedOut: self = .storeTimedOut
        case .refused: self = .storeRefused
        case .notPrimary: self = .storeNotPrimary
        case .overloaded: self = .storeOverloaded
        }
    }
}
