/// A request that is observed, from when it has come to its answer. An object, which is used again for others: to observe one allocates
/// nothing once as many were observed at a time.
package final class RequestTrace {
    /// A wait of the request, on the steady clock.
    package struct Wait: Sendable {
        package var name = SpanName.resolve
        package var start: Int64 = 0
        package var end: Int64 = 0
    }

    /// So many waits are told of; a request has one for each record, key or server, and seldom more than four.
    package static let maximumWaits = 8

    /// Whether spans are made of it, and a line of the log.
    package private(set) var (isExported, isLogged) = (false, false)
    /// The trace that it belongs to; nil: none.
    package private(set) var trace: TraceID?
    /// The span that asked; zero: none.
    package private(set) var parent: UInt64 = 0
    package private(set) var state: [UInt8] = []
    /// When it had come, on the steady clock.
    package private(set) var cameAt: Int64 = 0
    /// The access policy that was asked about.
    package var policy: String?
    /// The credential that was waited for last.
    package var waited: StaticString?
    /// The one that was refused first, and why.
    package var refused: (credential: StaticString, reason: StaticString)?
    /// Whether what was looked for in memory was there, last.
    package var isHit: Bool?
    private var waits = InlineArray<8, Wait>(repeating: Wait())
    package private(set) var waitCount = 0
    /// Whether the last wait goes on.
    private var isWaiting = false

    package init() {}

    /// Begins with another request.
    package func begin(
        trace: TraceID?, context: TraceContext?, isExported: Bool, isLogged: Bool, cameAt: Int64
    ) {
        (self.trace, parent, state) = (trace, context?.parent.span ?? 0, context?.state ?? [])
        (self.isExported, self.isLogged, self.cameAt) = (isExported, isLogged, cameAt)
        (policy, waited, refused, isHit) = (nil, nil, nil, nil)
        (waitCount, isWaiting) = (0, false)
    }

    package func wait(_ number: Int) -> Wait { waits[number] }

    package func beginWait(_ name: SpanName, at now: Int64) {
        isWaiting = waitCount < Self.maximumWaits
        guard isWaiting else { return }
        waits[waitCount] = Wait(name: name, start: now, end: now)
        waitCount += 1
    }

    /// The wait is over, if there is one.
    package func endWait(at now: Int64) {
        guard isWaiting else { return }
        isWaiting = false
        waits[waitCount - 1].end = now
    }
}
