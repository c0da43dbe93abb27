import Foundation
import NIOConcurrencyHelpers

/// Clients that ask at a given rate, whatever becomes of the answers, each on a connection that is kept; and how often each
/// answer came.
final class PacedLoad: Sendable {
    private struct State {
        var seen: [String: Int] = [:]
        var answered = 0
        var isStopped = false
        var running = 0
    }

    private let state = NIOLockedValueBox(State())
    private let begun = ContinuousClock.now

    /// - Parameters:
    ///   - rate: requests a second, of all clients together. Who is late sends at once, so that none are left out.
    ///   - requests: what each client sends, one after another.
    init(_ address: Address, rate: Int, clients: Int, requests: [String]) {
        state.withLockedValue { $0.running = clients }
        for client in 0..<clients {
            Thread.detachNewThread { [self] in
                var connection: HTTPConnection?
                for number in 0..<10_000_000 {
                    let place = number * clients + client
                    wait(until: begun + .seconds(1) * place / rate)
                    guard !state.withLockedValue({ $0.isStopped }) else { break }
                    let answer = Self.ask(address, requests[place % requests.count], &connection)
                    state.withLockedValue {
                        $0.seen[answer, default: 0] += 1
                        $0.answered += 1
                    }
                }
                state.withLockedValue { $0.running -= 1 }
            }
        }
    }

    var answered: Int { state.withLockedValue { $0.answered } }

    /// Ends it, and says how often each answer came, and how many came a second.
    func stop() -> (seen: [String: Int], rate: Double) {
        let rate = Double(answered) / ((.now - begun) / .seconds(1))
        state.withLockedValue { $0.isStopped = true }
        _ = try? eventually("the load to end") { state.withLockedValue { $0.running } == 0 ? true : nil }
        return (state.withLockedValue { $0.seen }, rate)
    }

    private func wait(until moment: ContinuousClock.Instant) {
        let milliseconds = (moment - .now) / .milliseconds(1)
        if milliseconds >= 1 { _ = poll(nil, 0, Int32(min(milliseconds, 1_000))) }
    }

    /// The status, with the body when it is 200, or what went wrong.
    private static func ask(_ address: Address, _ request: String, _ connection: inout HTTPConnection?) -> String {
        do {
            let current = try connection ?? HTTPConnection(to: address)
            connection = current
            try current.send(request)
            let response = try current.response()
            if response["connection"] == "close" { connection = nil }
            return response.status == 200 ? "200 \(response.body)" : "\(response.status)"
        } catch {
            connection = nil
            return "\(error)"
        }
    }
}
