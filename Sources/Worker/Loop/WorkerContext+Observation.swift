import Authentication
import Bytes
import Traces

// Requests that are observed (contract section 31).
extension WorkerContext {
    /// Begins to observe a request, if its turn it is.
    ///
    /// - Parameter call: the trace that the call is of which asks about it; nil: it says nothing.
    mutating func observe(_ request: ResolveRequest, in head: RawSpan, of call: TraceContext? = nil) -> RequestTrace? {
        let context = observer.readsContexts ? call ?? TraceContext(request.fields, in: head) : nil
        let trace = observer.begin(context, cameAt: now.steady)
        if let trace, let policy = request.policy { trace.policy = resolver.policyName(at: policy) }
        return trace
    }

    /// Resolves a request; nil: it is not observed.
    mutating func resolve(_ request: ResolveRequest, in head: RawSpan, observing trace: RequestTrace?) -> Step {
        guard let trace else { return resolver.resolve(request, in: head, now: now) }
        let start = resolver.beginObservation()
        let step = resolver.resolve(request, in: head, now: now)
        trace.note(resolver.endObservation(since: start))
        return step
    }

    /// Goes on with one that has waited.
    @inline(__always)
    mutating func resume(
        _ parked: consuming Parked, with reply: EffectReply, observing trace: RequestTrace?
    ) -> Step {
        let arrived = lookUps.arrived(among: parked.prefetch)
        guard let trace else { return resolver.resume(parked, with: reply, arrived: arrived, now: now) }
        trace.endWait(at: now.steady)
        trace.waited = parked.credential
        let start = resolver.beginObservation()
        let step = resolver.resume(parked, with: reply, arrived: arrived, now: now)
        trace.note(resolver.endObservation(since: start))
        return step
    }

    /// An observed request is answered.
    mutating func endObservation(_ trace: RequestTrace, with answer: Answer) {
        var facts = RequestFacts(status: Int(answer.status.rawValue), outcome: answer.outcome.label)
        let origin = answer.origin
        switch answer.outcome {
        case .valid: (facts.credential, facts.reason) = (origin.credential, origin.reason)
        case .invalid:
            (facts.credential, facts.reason) = (trace.refused?.credential, origin.reason ?? trace.refused?.reason)
        case .unknown: (facts.credential, facts.reason) = (trace.waited, origin.reason)
        case .none: break
        }
        (facts.isHit, facts.policy, facts.issuer) = (trace.isHit, trace.policy, origin.issuer)
        let civil = now.timestamp.microseconds &* 1_000 &+ now.steady % 1_000
        observer.end(trace, with: facts, at: now.steady, offset: civil &- now.steady)
    }

    /// Hands over what was seen in the time of a tick.
    mutating func handOverObservations() {
        observer.handOverSpans()
        if let samples = observer.takeSamples() { effects.noteSamples(samples) }
    }
}

extension RequestTrace {
    /// What the resolver did with the request. Of several credentials the first one that was refused counts.
    fileprivate func note(_ observation: Observation) {
        if let isHit = observation.isHit { self.isHit = isHit }
        guard let first = observation.refusal, refused == nil else { return }
        refused = (first.credential, first.reason)
    }
}

extension TraceContext {
    /// Nil where the fields say nothing of a trace, or name two.
    fileprivate init?(_ fields: RequestFields, in head: RawSpan) {
        guard let place = fields.single(.traceParent) else { return nil }
        let parent = head.extracting(place.range)
        if fields.isRepeated(.traceState) {
            let list = fields.list(of: .traceState, named: "tracestate:", in: head, limit: Self.longestState)
            self.init(parent: parent, state: list.span.bytes)
        } else if let state = fields[.traceState] {
            self.init(parent: parent, state: head.extracting(state.range))
        } else {
            self.init(parent: parent, state: nil)
        }
    }
}

extension SpanName {
    /// What a wait is called.
    init(_ effect: Effect) {
        self =
            switch effect {
            case .record: .redisGet
            case .key: .jwksWait
            case .question, .claims: .question
            }
    }
}

extension Outcome {
    /// As metrics have it.
    fileprivate var label: StaticString {
        switch self {
        case .valid: "valid"
        case .invalid: "invalid"
        case .none: "none"
        case .unknown: "unknown"
        }
    }
}
