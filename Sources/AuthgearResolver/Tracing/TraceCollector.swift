import NIOCore
import NIOHTTP1
import NIOPosix
import Questions
import Traces
import Trust
import Worker

/// A collector of traces, which takes them by OTLP over HTTP.
struct TraceCollector: Sendable {
    struct Settings: Hashable, Sendable {
        /// Where spans are posted.
        var url: FetchURL
        var anchors: TrustAnchors
        var proxies: ProxyRules
    }

    /// What became of spans that were sent.
    enum Outcome {
        /// The collector has them, but for so many.
        case taken(rejected: Int, problem: String?)
        /// It may take them later: not before so many seconds, if it says so.
        case postponed(problem: String, seconds: Int?)
        /// It takes them never.
        case refused(problem: String)
    }

    /// How long one attempt may take.
    private static let time = TimeAmount.seconds(5)
    private static let sizeLimit = 64 << 10
    /// Longer than nothing is sent while there are spans, and shorter than what servers keep connections for.
    private static let idleTime = TimeAmount.seconds(30)

    let settings: Settings
    private let client: BoundedClient

    init(_ settings: Settings, on group: MultiThreadedEventLoopGroup) {
        self.settings = settings
        client = BoundedClient(
            group: group, proxies: settings.proxies,
            limits: .init(time: Self.time, size: Self.sizeLimit, connections: 1, idle: Self.idleTime))
    }

    /// What a person is told of it.
    var place: String { settings.url.place }

    /// Sends spans, once.
    ///
    /// - Parameter limit: how long that may take; nil: as long as ever.
    func send(_ spans: [SpanRecord], within limit: TimeAmount? = nil) async -> Outcome {
        let headers: HTTPHeaders = [
            "Content-Type": TraceExport.mediaType, "User-Agent": "authgear-resolver/\(Version.program)",
        ]
        let request = BoundedRequest(
            settings.url, headers: headers, trusting: settings.anchors,
            posting: TraceExport(spans, version: Version.program).bytes)
        do throws(RequestFailure) {
            return Self.outcome(of: try await client.ask(request, deadline: .now() + (limit ?? Self.time)))
        } catch {
            switch error {
            // It may have them, and would be sent them for ever.
            case .tooLarge, .brokenAnswer: return .refused(problem: "\(error)")
            default: return .postponed(problem: "\(error)", seconds: nil)
            }
        }
    }

    /// By its status (OTLP, section "OTLP/HTTP Response").
    private static func outcome(of response: BoundedResponse) -> Outcome {
        let problem = "\(RequestFailure.status(response.status))"
        switch response.status {
        case 200..<300:
            let rejected = TraceReply.rejectedSpans(in: response.body)
            return .taken(rejected: rejected, problem: rejected > 0 ? "it rejects some of them" : nil)
        case 429, 502, 503, 504:
            return .postponed(
                problem: problem, seconds: response.headers.first(name: "retry-after").flatMap { Int($0) })
        default: return .refused(problem: problem)
        }
    }

    /// Ends what is running and closes connections. Nothing may be sent afterwards.
    func shutdown() async { await client.shutdown() }

    /// Closes connections as soon as nothing is under way: another collector takes its place.
    func retire() async { await client.retire() }
}
