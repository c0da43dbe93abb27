package import Authentication
import Bytes
import Logging
package import NIOCore
import NIOHTTP1
package import Telemetry
package import Trust

/// Authgear's resolver, and how it is asked: one bounded attempt each, with a clear reason when it fails (contract
/// section 10).
package final class AuthgearEndpoint: QuestionEndpoint {
    package typealias Question = AuthgearQuestion
    package typealias Problem = AuthgearProblem

    package let condition = Condition(
        good: "Authgear answers again", bad: "Authgear does not answer as it should", badLevel: .warning)

    /// How many bytes of the client's `User-Agent` and `X-Forwarded-For` are passed on: what is longer is left out, so that
    /// no client brings Authgear to refuse a question for its length.
    static let clientFieldLimit = 1_024

    package struct Settings: QuestionTerms, Hashable {
        package var url: FetchURL
        /// The project's host, with its port when it has one.
        package var host: String
        package var anchors: TrustAnchors
        package var timeout: Duration
        package var connections: Int
        package var waiting: Int

        package init(
            url: FetchURL, host: String, trusting anchors: TrustAnchors = .system, timeout: Duration = .seconds(2),
            connections: Int = 16, waiting: Int = 1_024
        ) {
            self.url = url
            self.host = host
            self.anchors = anchors
            self.timeout = timeout
            self.connections = connections
            self.waiting = waiting
        }
    }

    package let settings: Settings
    package var limits: QuestionLimits { settings.limits(pace: .guarded) }
    package let client: BoundedClient

    /// - Parameters:
    ///   - group: where connections live.
    ///   - proxies: by which Authgear is asked.
    package init(_ settings: Settings, group: any EventLoopGroup, proxies: ProxyRules = .none) {
        self.settings = settings
        client = settings.client(on: group, by: proxies)
    }

    /// What a person looks at when it doesn't answer: its URL without the query.
    package var place: String { settings.url.place }

    /// Asks once whether Authgear is there, as `check` does.
    ///
    /// - Returns: what is wrong and where, in words; nil when nothing is.
    package func probe() async -> String? {
        await ask(nil, deadline: .now() + settings.time).problem.map(words(for:))
    }

    /// Asks about a credential once, as `inspect` does: at once, without the queue of a service that runs.
    ///
    /// - Returns: what it says, and what is wrong and where, in words; nil when nothing is.
    package func askOnce(_ question: AuthgearQuestion) async -> (reply: AuthgearReply, trouble: String?) {
        let outcome = await ask(question, deadline: .now() + settings.time)
        return (outcome.result.reply, outcome.problem.map(words(for:)))
    }

    /// A sentence on what is wrong.
    package func words(for problem: AuthgearProblem) -> String { "Authgear at \(place): \(problem)" }

    /// Sends a question, or without one asks whether Authgear is there.
    package func ask(_ question: AuthgearQuestion?, deadline: NIODeadline) async -> QuestionOutcome<AuthgearEndpoint> {
        let request = BoundedRequest(
            settings.url, headers: headers(for: question), trusting: settings.anchors)
        do throws(RequestFailure) {
            let response = try await client.askAgainWhenUnanswered(request, deadline: deadline)
            let answer = AuthgearAnswer(
                status: response.status, fields: response.headers, hasBody: !response.body.isEmpty)
            let fault = question == nil ? answer.faultWithoutCredential : answer.fault
            return QuestionOutcome(result: .answered(answer), problem: fault.map { .answer($0) })
        } catch {
            return QuestionOutcome(
                result: .failed(error.authgearFailure), problem: .request(error), isStopped: error == .stopped)
        }
    }

    private func headers(for question: AuthgearQuestion?) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            "host": settings.host, "x-forwarded-host": settings.host, "x-forwarded-proto": "https",
        ]
        guard let question else {
            headers.add(name: "user-agent", value: "authgear-resolver")
            return headers
        }
        switch question.credential {
        case .authorization(let value): headers.add(name: "authorization", value: Self.text(of: value))
        case .cookie(let name, let value):
            headers.add(name: "cookie", value: "\(Self.text(of: name))=\(Self.text(of: value))")
        case .request(let authorization, let cookies):
            if let authorization { headers.add(name: "authorization", value: Self.text(of: authorization)) }
            if !cookies.isEmpty { headers.add(name: "cookie", value: Self.text(of: cookies)) }
        }
        headers.add(name: "user-agent", fromClient: question.userAgent)
        headers.add(name: "x-forwarded-for", fromClient: question.forwardedFor)
        return headers
    }

    private static func text(of bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension HTTPHeaders {
    /// Adds what a client sent of its own choice, if it can be passed on as it is.
    fileprivate mutating func add(name: String, fromClient value: [UInt8]?) {
        guard let value, !value.isEmpty, value.count <= AuthgearEndpoint.clientFieldLimit,
            value.allSatisfy(\.isPrintable)
        else { return }
        add(name: name, value: String(decoding: value, as: UTF8.self))
    }
}

/// Asks Authgear in the background.
package typealias AuthgearClient = QuestionClient<AuthgearEndpoint>

/// What is wrong with Authgear, for a person: holds no byte that came from the network.
package enum AuthgearProblem: Hashable, Sendable, CustomStringConvertible {
    case request(RequestFailure)
    case answer(AuthgearFault)

    package var description: String {
        switch self {
        case .request(let failure): "\(failure)"
        case .answer(let fault): "\(fault)"
        }
    }
}

extension RequestFailure {
    /// What it means for a credential that was asked about.
    var authgearFailure: AuthgearFailure {
        switch self {
        case .trust, .proxy, .nameNotResolved, .notConnected, .tls, .unanswered, .connectionEnded, .stopped:
            .unreachable
        case .timedOut: .timedOut
        case .brokenAnswer, .status, .redirect, .tooLarge: .refused
        }
    }
}
