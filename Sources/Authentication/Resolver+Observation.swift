// What is told of single requests, for traces and for the log (contract section 31).
extension Resolver {
    /// Observes a request from here on, until `endObservation`: nothing else is decided on between the two.
    package mutating func beginObservation() -> ObservationStart {
        tally.beginObservation()
        return ObservationStart(uses: cacheUses)
    }

    /// What was seen of the request since then.
    package mutating func endObservation(since start: ObservationStart) -> Observation {
        let (refusal, uses) = (tally.endObservation(), cacheUses)
        var isHit: Bool?
        if uses.misses > start.uses.misses { isHit = false }
        if uses.hits > start.uses.hits { isHit = true }
        return Observation(refusal: refusal, isHit: isHit)
    }

    /// What the access policy at a place is called.
    package func policyName(at place: Int) -> String { settings.accessPolicies[place].name }

    private var cacheUses: CacheUses { tokenAnswers.uses + sessionAnswers.uses }
}

/// What the caches had done before a request was observed.
package struct ObservationStart: Sendable {
    let uses: CacheUses
}

/// What was seen of a request.
package struct Observation: Sendable {
    /// What was refused first; nil when nothing was.
    package let refusal: ObservedRefusal?
    /// Whether an answer that was looked for in memory was there; nil: none was looked for.
    package let isHit: Bool?
}
