package import Authentication
import Bytes
package import NIOCore
package import Telemetry
package import Trust

/// How one server is asked: one bounded attempt for each question, with a clear reason when it fails.
package protocol QuestionEndpoint: AnyObject, Sendable {
    associatedtype Question: ServerQuestion
    /// What is wrong with the server, for a person: holds no byte that came from the network.
    associatedtype Problem: Hashable, Sendable, CustomStringConvertible

    /// What the log says when it begins to fail, and when that ends.
    var condition: Condition { get }

    /// How much it is asked.
    var limits: QuestionLimits { get }
    /// What sends its requests; its own.
    var client: BoundedClient { get }
    /// What a person looks at when it doesn't answer.
    var place: String { get }
    /// A sentence on what is wrong.
    func words(for problem: Problem) -> String

    /// Sends a question; without one asks what no request has asked, whether it is there. Ends at the deadline at the latest.
    func ask(_ question: Question?, deadline: NIODeadline) async -> QuestionOutcome<Self>
}

extension QuestionEndpoint {
    /// Ends what is running and closes connections. Must be called once, and nothing may be asked afterwards.
    package func shutdown() async { await client.shutdown() }

    /// Closes connections as soon as nothing is under way: another endpoint takes its place.
    package func retire() async { await client.retire() }
}

/// How much a server is asked, and who vouches for it.
package protocol QuestionTerms: Sendable {
    /// Who vouches for the server.
    var anchors: TrustAnchors { get }
    /// How long a question may take from when it is asked.
    var timeout: Duration { get }
    /// How many questions are sent at once.
    var connections: Int { get }
    /// How many wait to be sent.
    var waiting: Int { get }
}

extension QuestionTerms {
    /// How many bytes the head of an answer may have, and how many its body.
    private var sizeLimit: Int { 64 << 10 }
    /// Shorter than what servers and balancers keep connections for.
    private var idleTime: TimeAmount { .seconds(30) }

    /// How long one attempt may take.
    var time: TimeAmount { TimeAmount(timeout) }

    /// A client that is bounded by these terms.
    ///
    /// - Parameters:
    ///   - group: where connections live.
    ///   - proxies: by which the server is asked.
    func client(on group: any EventLoopGroup, by proxies: ProxyRules) -> BoundedClient {
        BoundedClient(
            group: group, proxies: proxies,
            limits: .init(time: time, size: sizeLimit, connections: connections, idle: idleTime))
    }

    func limits(pace: QuestionPace) -> QuestionLimits {
        QuestionLimits(connections: connections, waiting: waiting, timeout: timeout.nanoseconds, pace: pace)
    }
}

/// How an attempt to ask a server ended.
package struct QuestionOutcome<Endpoint: QuestionEndpoint>: Sendable {
    package var result: Endpoint.Question.Result
    /// What is wrong; nil when nothing is.
    package var problem: Endpoint.Problem?
    /// Whether it was given up because the service ends.
    package var isStopped = false
    /// What the operator should know although nobody was answered otherwise for it; nil: nothing.
    package var warning: String?

    package init(
        result: Endpoint.Question.Result, problem: Endpoint.Problem? = nil, isStopped: Bool = false,
        warning: String? = nil
    ) {
        self.result = result
        self.problem = problem
        self.isStopped = isStopped
        self.warning = warning
    }
}
