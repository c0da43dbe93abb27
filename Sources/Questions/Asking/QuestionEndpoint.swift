package import Authentication
package import NIOCore
package import Telemetry

/// How one server is asked: one bounded attempt for each question, with a clear reason when it fails.
package protocol QuestionEndpoint: AnyObject, Sendable {
    associatedtype Question: ServerQuestion
    /// What is wrong with the server, for a person: holds no byte that came from the network.
    associatedtype Problem: Hashable, Sendable, CustomStringConvertible

    /// What the log says when it begins to fail, and when that ends.
    var condition: Condition { get }

    /// How much it is asked.
    var limits: QuestionLimits { get }
    /// What a person looks at when it doesn't answer.
    var place: String { get }
    /// A sentence on what is wrong.
    func words(for problem: Problem) -> String

    /// Sends a question; without one asks what no request has asked, whether it is there. Ends at the deadline at the latest.
    func ask(_ question: Question?, deadline: NIODeadline) async -> QuestionOutcome<Self>

    /// Ends what is running and closes connections. Must be called once, and nothing may be asked afterwards.
    func shutdown() async
    /// Closes connections as soon as nothing is under way: another endpoint takes its place.
    func retire() async
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
