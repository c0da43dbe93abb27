package import Authentication
package import JOSE
package import NIOCore
import ServiceLifecycle
package import Telemetry

/// Asks all servers that answer with claims in the background, each with a queue of its own.
///
/// What is asked when, and what fails at once, is decided by `QuestionQueue`.
package final class ClaimsClients: Service {
    package typealias Reply = QuestionClient<ClaimsEndpoint>.Reply

    private let eventLoop: any EventLoop
    private let drivers: NIOLoopBoundBox<Drivers>
    private let orders = OrderQueue<QuestionOrder<ClaimsEndpoint>>()
    private let log: LimitedLog

    /// Confined to the event loop.
    private struct Drivers {
        var byServer: [AskedServer: QuestionDriver<ClaimsEndpoint>] = [:]
        var hasStarted = false

        func driver(of endpoint: ClaimsEndpoint) -> QuestionDriver<ClaimsEndpoint>? {
            byServer.values.first { $0.endpoint === endpoint }
        }
    }

    /// - Parameters:
    ///   - endpoints: whose shutdown is up to this service.
    ///   - eventLoop: where the queues and their timers live; requests of other loops are not slowed by them.
    package init(_ endpoints: [AskedServer: ClaimsEndpoint], on eventLoop: any EventLoop, log: LimitedLog) {
        self.eventLoop = eventLoop
        self.log = log
        let orders = orders
        drivers = .makeBoxSendingValue(
            Drivers(
                byServer: endpoints.mapValues { endpoint in
                    QuestionDriver(endpoint, eventLoop: eventLoop, log: log) { orders.add($0) }
                }),
            eventLoop: eventLoop)
    }

    /// Runs until the task is cancelled or asked to stop; then nobody is left waiting and nothing is left running.
    package func run() async throws {
        eventLoop.execute { [drivers] in
            drivers.value.hasStarted = true
            for driver in drivers.value.byServer.values { driver.start() }
        }
        await orders.carryOut { await self.carryOut($0) }
        let endpoints = try await eventLoop.submit { [drivers] in
            drivers.value.byServer.values.compactMap { driver in
                driver.stop()
                return driver.endpoint
            }
        }.get()
        for endpoint in endpoints { await endpoint.shutdown() }
    }

    private func carryOut(_ order: QuestionOrder<ClaimsEndpoint>) async {
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
    package func ask(_ question: ClaimsQuestion, isBackground: Bool = false, reply: @escaping Reply) {
        eventLoop.execute { [drivers] in
            guard let driver = drivers.value.byServer[question.server] else { return reply(.unreachable) }
            driver.ask(question, isBackground: isBackground, reply: reply)
        }
    }

    /// Asks these endpoints as well from now on; where one takes another one's place, also what that has not answered. One that is
    /// asked as before goes on.
    package func add(_ endpoints: [AskedServer: ClaimsEndpoint]) async throws {
        let unused = try await eventLoop.submit { [drivers, eventLoop, log, orders] in
            endpoints.compactMap { server, endpoint -> ClaimsEndpoint? in
                guard let driver = drivers.value.byServer[server] else {
                    let driver = QuestionDriver(endpoint, eventLoop: eventLoop, log: log) { orders.add($0) }
                    drivers.value.byServer[server] = driver
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

    /// Asks no others than those of these issuers, of tokens and of cookies, from now on.
    package func keep(_ issuers: Set<IssuerID>) async throws {
        let unused = try await eventLoop.submit { [drivers] in
            let gone = drivers.value.byServer.filter { !issuers.contains($0.key.id) }
            return gone.compactMap { server, driver -> ClaimsEndpoint? in
                drivers.value.byServer[server] = nil
                driver.stop()
                return driver.endpoint
            }
        }.get()
        for endpoint in unused { await endpoint.retire() }
    }

    package func figures() async throws -> [AskedServer: QuestionFigures] {
        try await eventLoop.submit { [drivers] in drivers.value.byServer.mapValues(\.figures) }.get()
    }

    /// What is wrong with the servers that don't answer, and where, in words.
    package func problems() async throws -> [AskedServer: String] {
        try await eventLoop.submit { [drivers] in drivers.value.byServer.compactMapValues(\.status) }.get()
    }
}
