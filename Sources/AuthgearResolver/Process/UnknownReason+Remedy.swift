package import Authentication

extension UnknownReason {
    /// What an operator can do about it.
    package var remedy: String {
        switch self {
        case .keysNotLoaded, .keysTooOld:
            "the lines on keys say why they can't be fetched, and so does /readyz; check asks for them once"
        case .keyNotLookedFor:
            "tokens name a kid that the issuer has not published: it signs before it publishes, or they are forged"
        case .storeDisconnected: "the lines on the session store say why it is out of reach, and so does /readyz"
        case .storeTimedOut:
            "Redis takes longer than sessions.redis.command_timeout: see its SLOWLOG and its load, or raise the time-out"
        case .storeRefused: "Redis refuses GET: /readyz and check say what, and what to do"
        case .storeNotPrimary:
            "sessions.redis.url leads to a replica, or through a proxy that shares connections: /readyz says which"
        case .storeOverloaded: "look-ups come faster than Redis answers: see its SLOWLOG and its load"
        case .recordUnreadable:
            "the lines on records say what is wrong with them: are they Authgear's, and is its version supported?"
        case .recordMismatched:
            "Redis gives other records than are asked for: does a proxy in between mix replies up?"
        case .answerTooLong:
            "users have more roles than fit: raise limits.value_bytes, or give them fewer; the lines on long answers have the sizes"
        case .assertionUnsigned: "libcrypto can't sign assertions: is there memory left?"
        case .decisionTimedOut:
            """
            keys and records together take longer than limits.decision_timeout, or what waits for them needs more than \
            limits.buffered_bytes: see Redis' SLOWLOG and the lines on keys
            """
        case .proofMemoryFull:
            "more DPoP proofs come within dpop.max_age than are remembered, 2000 of one key or 200000: lower it, or slow that client down"
        case .authgearUnreachable, .authgearTimedOut, .authgearOverloaded:
            "Authgear does not answer: /readyz says why, and so does check; mind authgear.timeout and authgear.connections"
        case .authgearRefused:
            "what answers at authgear.endpoint is not the project's resolver: are authgear.endpoint and authgear.host right?"
        case .askUnreachable, .askTimedOut, .askOverloaded:
            "an introspection endpoint, or another server that is asked, does not answer: check says why; mind its timeout and connections"
        case .askRefused:
            "a server that is asked refuses us, or an introspection endpoint calls everything inactive: are its endpoint (or ask), client.id, secret and method right?"
        case .askUnreadable:
            "what a server answers that is asked is not what it should be: is its endpoint (or ask) the right one?"
        case .scopeUndecided:
            "app_session cookies without the scope full-access: Redis can't tell whether they may; set authgear.endpoint"
        case .userMissing:
            "good sessions lack their user's record, which only Authgear's own resolver writes, for 5 minutes: set authgear.endpoint, or sessions.missing_user: partial"
        }
    }
}

extension LongAnswer {
    /// How long it would be, and what to do: no byte of a value.
    var words: String {
        guard let header else {
            return "all headers together would have \(bytes) bytes of at most \(limit):"
                + " give the user fewer roles, or roles with shorter names"
        }
        return "\(header) would have \(bytes) bytes of at most \(limit):"
            + " raise limits.value_bytes, or give the user fewer roles"
    }
}
