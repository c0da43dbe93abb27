import Foundation
import NIOConcurrencyHelpers

/// What gateways make of a resolver that is in trouble, in each way. All of them are asked at once: they wait for seconds.
enum OutageCheck {
    /// What is wrong with a gateway's answers.
    static func faults(of program: GatewayProgram) throws -> [String] {
        try all[program.name]?.get() ?? ["it was not tried"]
    }

    private static let all = {
        let names = GatewayProgram.running.map(\.name)
        return Dictionary(uniqueKeysWithValues: zip(names, concurrently(GatewayProgram.running, check)))
    }()

    @Sendable private static func check(_ program: GatewayProgram) throws -> [String] {
        let resolver = try program.makeResolverInTrouble()
        let stand = try GatewayStand.shared.get()
        let gateway = try RunningGateway(program, resolver: resolver.address, backend: stand.backend.server.address)
        var faults: [String] = []
        for mood in [.well] + ResolverMood.outages {
            resolver.become(mood)
            let places = GatewayRow.Place.allCases
            let answers = concurrently(places) { place in
                let start = ContinuousClock.now
                let lines = ["GET \(place.rawValue) HTTP/1.1", "Host: test", "x-authgear-user-id: spoofed"]
                let request = (lines + resolver.credential).map { $0 + "\r\n" }.joined() + "\r\n"
                let response = try gateway.ask(request)
                return (response, ContinuousClock.now - start)
            }
            for (place, answer) in zip(places, answers) {
                if let fault = fault(try? answer.get(), at: place, in: mood) { faults.append(fault) }
            }
        }
        return faults
    }

    private static func fault(
        _ answer: (Response, Duration)?, at place: GatewayRow.Place, in mood: ResolverMood
    ) -> String? {
        guard let (response, time) = answer else { return "\(mood) at \(place.rawValue): no answer" }
        if mood == .well || place == .clear {
            return response["x-backend"] == "yes" ? nil : "\(mood) at \(place.rawValue): \(response.status)"
        }
        let isRight = response.status == 503 && response["retry-after"] == "1" && time < .seconds(8)
        let retry = response["retry-after"] ?? "absent"
        return isRight ? nil : "\(mood) at \(place.rawValue): \(response.status) after \(time), Retry-After \(retry)"
    }

    /// Does something with each, on a thread of its own.
    private static func concurrently<Subject: Sendable, Value: Sendable>(
        _ subjects: [Subject], _ body: @escaping @Sendable (Subject) throws -> Value
    ) -> [Result<Value, any Error>] {
        let results = NIOLockedValueBox([Int: Result<Value, any Error>]())
        let group = DispatchGroup()
        for (index, subject) in subjects.enumerated() {
            group.enter()
            Thread.detachNewThread {
                let result = Result { try body(subject) }
                results.withLockedValue { $0[index] = result }
                group.leave()
            }
        }
        group.wait()
        return results.withLockedValue { results in subjects.indices.compactMap { results[$0] } }
    }
}
