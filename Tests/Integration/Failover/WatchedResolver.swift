import Foundation
import NIOConcurrencyHelpers

/// A resolver that clients ask all the time, on kept connections, about the sessions of a ledger; and whose exported bound
/// is read all the time.
final class WatchedResolver: Sendable, CustomStringConvertible {
    typealias Instant = ContinuousClock.Instant

    private static let clients = 2
    /// Between two requests of a client, in milliseconds.
    private static let pause: Int32 = 3

    private struct State {
        var oracle = RevocationOracle()
        var answers: [RevocationOracle.Answer] = []
        /// When each session was last asked about.
        var lastAsked: [Int: Instant] = [:]
        /// Answers so far, and those since the last one that was unknown.
        var count = 0
        var certain = 0
        var isStopped = false
        var running = 0
    }

    let description: String
    let server: ResolverServer
    private let ledger: SessionLedger
    private let state = NIOLockedValueBox(State())

    /// - Parameter patienceWithNew: `RevocationOracle.patienceWithNew`.
    init(_ description: String, _ server: ResolverServer, _ ledger: SessionLedger, patienceWithNew: Duration = .zero) {
        self.description = description
        self.server = server
        self.ledger = ledger
        state.withLockedValue {
            $0.oracle.patienceWithNew = patienceWithNew
            $0.running = Self.clients + 1
        }
        for client in 0..<Self.clients { goOn(Self.pause, client * 1_000_000, ask) }
        goOn(50, 0) { _, _ in self.readBound() }
    }

    /// Ends the clients, and waits for that.
    func stop() {
        state.withLockedValue { $0.isStopped = true }
        _ = try? eventually("the clients to end") { state.withLockedValue { $0.running } == 0 ? true : nil }
    }

    /// How many answers there were so far.
    var answers: Int { state.withLockedValue { $0.count } }

    /// How many answers there were since one was unknown.
    var certainAnswers: Int { state.withLockedValue { $0.certain } }

    /// Whether it was asked about this session so long after its deletion that it must not be valid any more.
    func wasAsked(_ session: Int, beyondBoundAfter deletion: Instant) -> Bool {
        state.withLockedValue { state in
            guard let asked = state.lastAsked[session], asked > deletion else { return false }
            return state.oracle.largestBound(from: deletion, to: asked).map { asked > deletion + $0 } ?? false
        }
    }

    /// How long after this moment it still gave an answer that was unknown, of those that were not judged yet.
    func silence(since moment: Instant) -> Duration {
        state.withLockedValue { state in
            let last = state.answers.last { $0.outcome == .unknown && $0.received >= moment }
            return last.map { $0.received - moment } ?? .zero
        }
    }

    /// What was wrong with the answers since this was asked last, and how often each outcome came.
    ///
    /// - Parameter demotions: `RevocationOracle.demotions`.
    func judge(_ demotions: [Instant]) -> (violations: [String], outcomes: [RevocationOracle.Outcome: Int]) {
        let answers: [RevocationOracle.Answer]
        var oracle: RevocationOracle
        (answers, oracle) = state.withLockedValue { state in
            defer { state.answers = [] }
            return (state.answers, state.oracle)
        }
        oracle.demotions = demotions
        let histories = ledger.histories
        let violations = answers.compactMap { answer in
            oracle.violation(answer, histories[answer.session]).map { "session \(answer.session), by \(self): \($0)" }
        }
        return (violations, answers.reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 })
    }

    /// Does something again and again on a thread of its own, on one connection for as long as it is kept.
    private func goOn(
        _ pause: Int32, _ first: Int, _ body: @escaping @Sendable (Int, inout HTTPConnection?) -> Void
    ) {
        Thread.detachNewThread { [self] in
            var connection: HTTPConnection?
            for number in first..<first + 1_000_000 {
                guard !state.withLockedValue({ $0.isStopped }) else { break }
                body(number, &connection)
                _ = poll(nil, 0, pause)
            }
            state.withLockedValue { $0.running -= 1 }
        }
    }

    private func ask(_ number: Int, _ connection: inout HTTPConnection?) {
        guard let (session, cookie) = ledger.question(number) else { return }
        let sent = ContinuousClock.now
        let outcome = outcome(cookie, &connection)
        let answer = RevocationOracle.Answer(session: session, sent: sent, received: .now, outcome: outcome)
        state.withLockedValue {
            $0.answers.append(answer)
            $0.lastAsked[session] = sent
            $0.count += 1
            $0.certain = outcome == .unknown ? 0 : $0.certain + 1
        }
    }

    private func outcome(_ cookie: String, _ connection: inout HTTPConnection?) -> RevocationOracle.Outcome {
        do {
            let current = try connection ?? HTTPConnection(to: server.ipv4)
            connection = current
            return RevocationOracle.Outcome(try current.get("/resolve", "Cookie: session=\(cookie)"))
        } catch {
            connection = nil
            return .other("\(error)")
        }
    }

    private func readBound() {
        let asked = ContinuousClock.now
        do {
            let bound = try server.metric("session_revocation_lag_bound_seconds")
            state.withLockedValue { $0.oracle.bounds.append((asked, .now, .seconds(bound))) }
        } catch {
            state.withLockedValue {
                let answer = RevocationOracle.Answer(
                    session: 0, sent: asked, received: .now, outcome: .other("no /metrics: \(error)"))
                $0.answers.append(answer)
            }
        }
    }
}
