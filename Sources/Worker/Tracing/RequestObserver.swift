import Bytes
import Traces

/// Observes a loop's requests, as many as its rules say, and keeps what is to be told of them until the loop hands it over.
struct RequestObserver {
    /// Whether any request is observed: where none is, this is all that a request costs.
    private(set) var isOn: Bool
    private var rules: ObservationRules
    private let queue: SpanQueue?
    /// What was made for requests that are answered.
    private var idle: [RequestTrace] = []
    private var entropy = EntropyPool()
    /// Spans that room was taken for.
    private var spans: [SpanRecord] = []
    private var samples = RequestSamples()
    /// From which span and which sample on the ends are those of requests whose answers have not been sent.
    private var (unsentSpans, unsentSamples) = (0, 0)

    /// So many are kept for requests to come.
    private static let maximumIdle = 256
    /// So many spans a loop gathers within a tick before it hands them over.
    private static let gathered = 256

    init(_ rules: ObservationRules, to queue: SpanQueue?) {
        (self.rules, isOn, self.queue) = (rules, rules.isOn, queue)
        spans.reserveCapacity(rules.sampling == nil ? 0 : 2 * Self.gathered)
    }

    mutating func adopt(_ rules: ObservationRules) { (self.rules, isOn) = (rules, rules.isOn) }

    /// Whether what a request says of its trace is looked at.
    var readsContexts: Bool { rules.sampling != nil }

    /// Begins with a request; nil where it is not observed.
    ///
    /// - Parameter context: the trace that it belongs to, as its gateway says; nil: it says nothing.
    mutating func begin(_ context: TraceContext?, cameAt: Int64) -> RequestTrace? {
        let isLogged = rules.loggedShare > 0 && entropy.nextFraction() < rules.loggedShare
        var (trace, isExported) = (context?.parent.trace, false)
        switch rules.sampling {
        case .parent: isExported = context?.parent.isSampled ?? false
        case .share(let share):
            let id = trace ?? entropy.nextTrace()
            isExported = share.takes(id)
            if isExported { trace = id }
        case nil: break
        }
        guard isExported || isLogged else { return nil }
        let request = idle.popLast() ?? RequestTrace()
        request.begin(trace: trace, context: context, isExported: isExported, isLogged: isLogged, cameAt: cameAt)
        return request
    }

    /// The request is answered.
    ///
    /// - Parameters:
    ///   - steady: now, on the steady clock.
    ///   - offset: what is added to the steady clock's time for nanoseconds since 1970.
    mutating func end(_ request: RequestTrace, with facts: RequestFacts, at steady: Int64, offset: Int64) {
        request.endWait(at: steady)
        if request.isLogged {
            samples.append(
                RequestSample(
                    outcome: facts.outcome, reason: facts.reason,
                    microseconds: (steady &- request.cameAt) / 1_000, trace: request.trace))
        }
        if request.isExported, let trace = request.trace, queue?.reserve(1 + request.waitCount) == true {
            append(request, of: trace, with: facts, at: steady, offset: offset)
        }
        if idle.count < Self.maximumIdle { idle.append(request) }
    }

    private mutating func append(
        _ request: RequestTrace, of trace: TraceID, with facts: RequestFacts, at steady: Int64, offset: Int64
    ) {
        let id = entropy.nextID()
        spans.append(
            SpanRecord(
                trace: trace, id: id, parent: request.parent, isParentRemote: request.parent != 0, name: .resolve,
                start: request.cameAt &+ offset, end: steady &+ offset, state: request.state, facts: facts))
        for number in 0..<request.waitCount {
            let wait = request.wait(number)
            spans.append(
                SpanRecord(
                    trace: trace, id: entropy.nextID(), parent: id, isParentRemote: false, name: wait.name,
                    start: wait.start &+ offset, end: wait.end &+ offset, state: request.state, facts: nil))
        }
    }

    /// The answers were sent of all requests that were answered so far. Those that were answered as soon as they came took as long as the
    /// turn has.
    mutating func sent(after nanoseconds: Int64) {
        for place in unsentSpans..<spans.count where spans[place].end == spans[place].start && spans[place].facts != nil
        {
            spans[place].end &+= nanoseconds
        }
        for place in unsentSamples..<samples.samples.count where samples.samples[place].microseconds == 0 {
            samples.samples[place].microseconds = nanoseconds / 1_000
        }
        (unsentSpans, unsentSamples) = (spans.count, samples.samples.count)
    }

    /// Whether so many spans are here that they should not wait for the tick.
    var hasMany: Bool { spans.count >= Self.gathered }

    /// Hands the spans over.
    mutating func handOverSpans() {
        guard !spans.isEmpty else { return }
        queue?.add(spans)
        spans.removeAll(keepingCapacity: true)
        unsentSpans = 0
    }

    /// Takes the samples; nil when there are none.
    mutating func takeSamples() -> RequestSamples? {
        guard !samples.samples.isEmpty else { return nil }
        defer { (samples, unsentSamples) = (RequestSamples(), 0) }
        return samples
    }
}
