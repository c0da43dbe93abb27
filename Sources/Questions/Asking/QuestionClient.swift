package import Authentication
package import JOSE
package import NIOCore
import ServiceLifecycle
package import Telemetry

/// Asks one server in the background whether credentials are valid, and whose they are (contract sections 10 and 19).
///
/// What is asked when, and what fails at once, is decided by `QuestionQueue`.
package final class QuestionClient<Endpoint: QuestionEndpoint>: Service {
    package typealias Question = Endpoint.Question
    package typealias Reply = @Sendable (Question.Result.Reply) -> Void

    private let eventLoop: any EventLoop
    private let driver: NIOLoopBoundBox<QuestionDriver<Endpoint>>
    private let orders = OrderQueue<QuestionOrder<Endpoint>>()

    /// - Parameters:
    ///   - endpoint: whose shutdown is up to this service; nil: nobody is asked, until `adopt` names somebody.
    ///   - eventLoop: where the queue and its timer live; requests of other loops are not slowed by them.
    package init(_ endpoint: Endpoint?, on eventLoop: any EventLoop, log: LimitedLog) {
        self.eventLoop = eventLoop
        driver = .makeBoxSendingValue(
            QuestionDriver(endpoint, eventLoop: eventLoop, log: log) { [orders] in orders.add($0) },
            eventLoop: eventLoop)
    }

    /// Runs until the task is cancelled or asked to stop; then nobody is left waiting and nothing is left running.
    package func run() async throws {
        eventLoop.execute { [driver] in driver.value.start() }
        await orders.carryOut { await self.carryOut($0) }
        let endpoint = try await eventLoop.submit { [driver] in
            driver.value.stop()
            return driver.value.endpoint
        }.get()
        await endpoint?.shutdown()
    }

    /// Has what is asked from now on wait for another endpoint, which `adopt` names.
    package func hold() async throws {
        try await eventLoop.submit { [driver] in driver.value.hold() }.get()
    }

    /// Asks another endpoint from now on, also what the former one has not answered.
    package func adopt(_ endpoint: Endpoint) async throws {
        let former = try await eventLoop.submit { [driver] in
            defer { driver.value.adopt(endpoint) }
            return driver.value.endpoint
        }.get()
        await former?.retire()
    }

    private func carryOut(_ order: QuestionOrder<Endpoint>) async {
        let start = NIODeadline.now()
        let outcome = await order.endpoint.ask(order.question, deadline: order.deadline)
        let took = (NIODeadline.now() - start).nanoseconds
        eventLoop.execute { [driver] in driver.value.ended(order, with: outcome, took: took) }
    }

    /// Asks. May be called from any thread.
    ///
    /// - Parameter reply: called exactly once, on this service's event loop, within the time-out of a question.
    package func ask(_ question: Question, isBackground: Bool = false, reply: @escaping Reply) {
        eventLoop.execute { [driver] in driver.value.ask(question, isBackground: isBackground, reply: reply) }
    }

    /// Asks so that the server writes down that a session is used, at most once in 60 seconds. May be called from any thread.
    ///
    /// - Parameter reply: called as that of `ask`, unless it was asked about the credential, or to touch the session, within those 60
    ///   seconds.
    package func touch(_ session: SHA256Digest, by question: Question, reply: @escaping Reply) {
        eventLoop.execute { [driver] in driver.value.touch(session, by: question, reply: reply) }
    }

    /// What is wrong with the server and where, in words; nil when nothing is.
    package func status() async throws -> String? {
        try await eventLoop.submit { [driver] in driver.value.status }.get()
    }

    /// Whether a question has come to an end since the start, well or badly.
    package func isTried() async throws -> Bool {
        try await eventLoop.submit { [driver] in driver.value.isTried }.get()
    }

    package func figures() async throws -> QuestionFigures {
        try await eventLoop.submit { [driver] in driver.value.figures }.get()
    }
}
