/// A span that has ended: what a collector is told of it. No id of a user, token, cookie or key is among it.
///
/// Takes what was seen of requests, the fields that say whose trace they are, and a collector's replies. Gives spans, and the messages that
/// a collector takes (OTLP). Imports Bytes alone: there is no I/O and no clock.
package struct SpanRecord: Sendable {
    package let trace: TraceID
    package let id: UInt64
    /// The span that it is a part of; zero: none.
    package let parent: UInt64
    /// Whether that is another process's.
    package let isParentRemote: Bool
    package let name: SpanName
    /// In nanoseconds since 1970, as the end.
    package let start: Int64
    package var end: Int64
    /// What came with the trace for others.
    package let state: [UInt8]
    /// What became of the request; nil for a part of it.
    package let facts: RequestFacts?

    package init(
        trace: TraceID, id: UInt64, parent: UInt64, isParentRemote: Bool, name: SpanName, start: Int64, end: Int64,
        state: [UInt8], facts: RequestFacts?
    ) {
        (self.trace, self.id, self.parent, self.isParentRemote) = (trace, id, parent, isParentRemote)
        (self.name, self.start, self.end, self.state, self.facts) = (name, start, end, state, facts)
    }
}

/// What a span is of.
package enum SpanName: UInt8, CaseIterable, Sendable {
    /// A request, from when it has come to its answer.
    case resolve
    /// A wait for a record of Redis.
    case redisGet
    /// A wait for a key that is not known yet.
    case jwksWait
    /// A wait for a server that is asked: Authgear, or one that answers with claims.
    case question

    package var text: StaticString {
        switch self {
        case .resolve: "resolve"
        case .redisGet: "redis.get"
        case .jwksWait: "jwks.wait"
        case .question: "question"
        }
    }
}

/// What became of a request, in the words of metrics.
package struct RequestFacts: Sendable {
    package var status: Int
    package var outcome: StaticString
    /// The kind of the credential that decided; nil: none did.
    package var credential: StaticString?
    /// Why it was refused, or could not be checked; nil: it was not.
    package var reason: StaticString?
    /// Whether the answer was in memory; nil: it was not looked for there.
    package var isHit: Bool?
    /// The access policy that was asked about.
    package var policy: String?
    /// The number of the issuer whose token it is.
    package var issuer: UInt32?

    package init(status: Int, outcome: StaticString) {
        (self.status, self.outcome) = (status, outcome)
    }
}
