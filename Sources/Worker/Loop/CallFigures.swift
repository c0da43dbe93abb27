import ExtAuthz
import Telemetry

/// With what calls of gRPC end (gRPC's status codes).
enum CallStatus: Int, CaseIterable, Sendable {
    case ok, invalidArgument, notFound, unimplemented

    var code: Int {
        switch self {
        case .ok: 0
        case .invalidArgument: 3
        case .notFound: 5
        case .unimplemented: 12
        }
    }
}

/// How many calls have ended, by what was called and how.
struct CallFigures: Sendable {
    private var counts = [Int](repeating: 0, count: CallHead.Method.allCases.count * CallStatus.allCases.count)

    mutating func count(_ method: CallHead.Method, _ status: CallStatus) {
        counts[Self.index(of: method, status)] += 1
    }

    mutating func merge(_ other: CallFigures) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    func write(to page: inout PrometheusPage) {
        for method in CallHead.Method.allCases {
            for status in CallStatus.allCases {
                page.add(
                    .calls, labels: ["\(method)", "\(status.code)"], value: counts[Self.index(of: method, status)])
            }
        }
    }

    private static func index(of method: CallHead.Method, _ status: CallStatus) -> Int {
        method.rawValue * CallStatus.allCases.count + status.rawValue
    }
}
