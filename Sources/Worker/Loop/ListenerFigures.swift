package import Authentication
package import HTTP1
package import Telemetry

/// What the listener counts. A plain value: each event loop has its own, and a scrape adds them up.
package struct ListenerFigures: Sendable {
    /// Answers, by endpoint and outcome.
    private var answers = [Int](repeating: 0, count: Endpoint.allCases.count * Outcome.allCases.count)
    /// Requests refused as HTTP, by status.
    private var errors = [Int](repeating: 0, count: ErrorStatus.allCases.count)
    /// Handshakes of TLS, by result.
    private var handshakes = [Int](repeating: 0, count: HandshakeResult.allCases.count)
    /// Requests for a path that is none of ours.
    package var notFound = 0
    /// Calls of gRPC.
    var calls = CallFigures()
    /// From when a request's head had come to its answer; its body is read within.
    package var durations = DurationHistogram()

    package init() {}

    package func answers(at endpoint: Endpoint, outcome: Outcome) -> Int {
        answers[Self.index(of: endpoint, outcome)]
    }

    package func errors(with status: ErrorStatus) -> Int {
        errors[Int(status.rawValue)]
    }

    mutating func count(at endpoint: Endpoint, outcome: Outcome) {
        answers[Self.index(of: endpoint, outcome)] += 1
    }

    mutating func count(error status: ErrorStatus) {
        errors[Int(status.rawValue)] += 1
    }

    package func handshakes(_ result: HandshakeResult) -> Int {
        zip(HandshakeResult.allCases, handshakes).first { $0.0 == result }?.1 ?? 0
    }

    mutating func count(handshake result: HandshakeResult) {
        for (index, other) in HandshakeResult.allCases.enumerated() where other == result { handshakes[index] += 1 }
    }

    /// Adds another loop's counts to these.
    package mutating func merge(_ other: ListenerFigures) {
        for index in answers.indices { answers[index] += other.answers[index] }
        for index in errors.indices { errors[index] += other.errors[index] }
        for index in handshakes.indices { handshakes[index] += other.handshakes[index] }
        notFound += other.notFound
        calls.merge(other.calls)
        durations.merge(other.durations)
    }

    private static func index(of endpoint: Endpoint, _ outcome: Outcome) -> Int {
        Int(endpoint.rawValue) * Outcome.allCases.count + Int(outcome.rawValue)
    }
}

extension ListenerFigures {
    /// Adds the listener's metrics to a page.
    package func write(to page: inout PrometheusPage) {
        for endpoint in Endpoint.allCases {
            for outcome in Outcome.allCases {
                page.add(
                    .requests, labels: ["\(endpoint)", "\(outcome)"], value: answers(at: endpoint, outcome: outcome))
            }
        }
        page.add(.requestErrors, labels: ["404"], value: notFound)
        for status in ErrorStatus.allCases {
            page.add(.requestErrors, labels: ["\(status.code)"], value: errors(with: status))
        }
        calls.write(to: &page)
        page.add(.requestDuration, histogram: durations)
        for result in HandshakeResult.allCases {
            page.add(.tlsHandshakes, labels: [result.rawValue], value: handshakes(result))
        }
    }
}
