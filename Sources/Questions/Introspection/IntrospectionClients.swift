package import Authentication
package import JOSE
package import NIOCore
import ServiceLifecycle
package import Telemetry

/// Asks the introspection endpoints of all issuers in the background, each with a queue of its own.
///
/// What is asked when, and what fails at once, is decided by `QuestionQueue`.
package final class IntrospectionClients: Service {
    package typealias Reply = QuestionClient<IntrospectionEndpoint>.Reply

    private let eventLoop: any EventLoop
    private let drivers: NIOLoopBoundBox<Drivers>
    private let orders = OrderQueue<QuestionOrder<IntrospectionEndpoint>>()
    private let log: LimitedLog

    /// Confined to the event loop.
    private struct Drivers {
        var byIssuer: [IssuerID: QuestionDriver<IntrospectionEndpoint>] = [:]
        var hasStarted = false

        func driver(of endpoint: IntrospectionEndpoint) -> QuestionDriver<IntrospectionEndpoint>? {
            byIssuer.values.first { $0.endpoint === endpoint }
        }
    }

    /// - Parameters:
    ///   - endpoints: whose shutdown is up to this service.
    ///   - eventLoop: where the queues and their timers live; requests of other loops are not slowed by them.
    package init(_ endpoints: [IssuerID: IntrospectionEndpoint], on eventLoop: any EventLoop, log: LimitedLog) {
        self.eventLoop = eventLoop
        self.log = log
        let orders = orders
        drivers = .makeBoxSendingValue(
            Drivers(
                byIssuer: endpoints.mapValues { endpoint in
                    QuestionDriver(endpoint, eventLoop: eventLoop, log: log) { orders.add($0) }
                }),
            eventLoop: eventLoop)
    }

    /// Runs until the task is cancelled or asked to stop; then nobody is left waiting and nothing is left running.
    package func run() async throws {
        eventLoop.execute { [drivers] in
            drivers.value.hasStarted = true
            for driver in drivers.value.byIssuer.values { driver.start() }
        }
        await orders.carryOut { await self.carryOut($0) }
        let endpoints = try await eventLoop.submit { [drivers] in
            drivers.value.byIssuer.values.compactMap { driver in
                driver.stop()
                return driver.endpoint
            }
        }.get()
        for endpoint in endpoints { await endpoint.shutdown() }
    }

    private func carryOut(_ order: QuestionOrder<IntrospectionEndpoint>) async {
        let start = NIODeadline.now()
        let outcome = await order.endpoint.ask(order.question, deadline: order.deadline)
        let took = (NIODeadline.now() - start).nanoseconds
        eventLoop.execute { [drivers] in
            drivers.value.driver(of: order.endpoint)?.ended(order, with: outcome, took: took)
        }
    }

    /// Asks. May be called from any thread.
    ///
    /// - Parameter reply: called exactly once, on this service's event loop, within the time-out of a question.
    package func ask(_ question: IntrospectionQuestion, isBackground: Bool = false, reply: @escaping Reply) {
        eventLoop.execute { [drivers] in
            guard let driver = drivers.value.byIssuer[question.issuer] else { return reply(.unreachable) }
            driver.ask(question, isBackground: isBackground, reply: reply)
        }
    }

    /// Asks these endpoints as well from now on; where one takes another one's place, also what that has not answered. One that is
    /// asked as before goes on.
    package func add(_ endpoints: [IssuerID: IntrospectionEndpoint]) async throws {
        let unused = try await eventLoop.submit { [drivers, eventLoop, log, orders] in
            endpoints.compactMap { issuer, endpoint -> IntrospectionEndpoint? in
                guard let driver = drivers.value.byIssuer[issuer] else {
                    let driver = QuestionDriver(endpoint, eventLoop: eventLoop, log: log) { orders.add($0) }
                    drivers.value.byIssuer[issuer] = driver
                    if drivers.value.hasStarted { driver.start() }
                    return nil
                }
                let former = driver.endpoint
                guard former?.settings != endpoint.settings || former?.proxies != endpoint.proxies else {
                    return endpoint
                }
                driver.adopt(endpoint)
                return former
            }
        }.get()
        for endpoint in unused { await endpoint.retire() }
    }

    /// Asks no others than these issuers' from now on.
    package func keep(_ issuers: Set<IssuerID>) async throws {
        let unused = try await eventLoop.submit { [drivers] in
            let gone = drivers.value.byIssuer.filter { !issuers.contains($0.key) }
            return gone.compactMap { issuer, driver -> IntrospectionEndpoint? in
                drivers.value.byIssuer[issuer] = nil
                driver.stop()
                return driver.endpoint
            }
        }.get()
        for endpoint in unused { await endpoint.retire() }
    }

    /// What is wrong with the endpoints and where, in words.
    package func problems() async throws -> [String] {
        try await eventLoop.submit { [drivers] in drivers.value.byIssuer.values.compactMap(\.status).sorted() }.get()
    }
}
