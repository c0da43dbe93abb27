import ExtAuthz
import Telemetry

/// With what calls of gRPC end (gRPC's status codes).
enum CallStatus: UInt8, CaseIterable, Sendable {
    case ok = 0
    case invalidArgument = 3
    case notFound = 5
    case unimplemented = 12
}

/// How many calls have ended, by what was called and how.
struct CallFigures: Sendable {
    private static let methods: [CallHead.Method] = [.check, .health, .other]

    private var counts = [Int](repeating: 0, count: Self.methods.count * CallStatus.allCases.count)

    mutating func count(_ method: CallHead.Method, _ status: CallStatus) {
        counts[Self.index(of: method, status)] += 1
    }

    mutating func merge(_ other: CallFigures) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    func write(to page: inout PrometheusPage) {
        for method in Self.methods {
            for status in CallStatus.allCases {
                page.add(
                    .calls, labels: ["\(method)", "\(status.rawValue)"], value: counts[Self.index(of: method, status)])
            }
        }
    }

    private static func index(of method: CallHead.Method, _ status: CallStatus) -> Int {
        let place =
            switch status {
            case .ok: 0
            case .invalidArgument: 1
            case .notFound: 2
            case .unimplemented: 3
            }
        let row =
            switch method {
            case .check: 0
            case .health: 1
            case .other: 2
            }
        return row * CallStatus.allCases.count + place
    }
}
