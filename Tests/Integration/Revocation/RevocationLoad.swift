import EventLoop
import Foundation
import NIOConcurrencyHelpers

/// Clients that keep a resolver busy with requests that are good, and others that ask about credentials that are to end, one
/// after another, and note when each request was sent and what came.
final class RevocationLoad: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// A credential that is asked about.
    struct Subject {
        /// Its place among the histories.
        var victim: Int
        var field: String
        var answers: [RevocationOracle.Answer] = []

        func count(_ outcome: RevocationOracle.Outcome, sentAfter moment: Instant? = nil) -> Int {
            answers.count { answer in answer.outcome == outcome && moment.map { answer.sent > $0 } ?? true }
        }
    }

    private struct State {
        var subjects: [Subject] = []
        /// Which round of subjects these are: who asks about one of another round throws its answer away.
        var round = 0
        var next = 0
        /// The victim whose subjects alone are asked about; nil: all.
        var focus: Int?
        var answered = 0
        /// How many answers about subjects came, in all rounds.
        var told = 0
        /// What a good request was answered that it should not have been.
        var failure: String?
        var isStopped = false
        var running = 0
    }

    /// So many good requests are sent before the first one's answer is read.
    private static let pipelined = 64

    private let state = NIOLockedValueBox(State())

    /// - Parameter good: a line of fields whose answer is always *valid*.
    init(_ address: Address, good: String, askers: Int = 12, others: Int = 4) {
        state.withLockedValue { $0.running = askers + others }
        for _ in 0..<askers { run { [self] in ask(address) } }
        for _ in 0..<others { run { [self] in try saturate(address, good) } }
    }

    private func run(_ body: @escaping @Sendable () throws -> Void) {
        Thread.detachNewThread { [self] in
            do {
                try body()
            } catch {
                state.withLockedValue { $0.failure = "\(error)" }
            }
            state.withLockedValue { $0.running -= 1 }
        }
    }

    private var isStopped: Bool { state.withLockedValue { $0.isStopped } }

    /// Asks about these from now on, and no longer about those before.
    func ask(about subjects: [Subject]) {
        state.withLockedValue {
            $0.subjects = subjects
            $0.focus = nil
            $0.round += 1
        }
    }

    /// Asks about this victim's credentials alone, the more often; nil: about all again.
    func focus(on victim: Int?) {
        state.withLockedValue { $0.focus = victim }
    }

    /// What came so far.
    var subjects: [Subject] { state.withLockedValue { $0.subjects } }
    /// How many good requests were answered.
    var answered: Int { state.withLockedValue { $0.answered } }
    var told: Int { state.withLockedValue { $0.told } }
    var failure: String? { state.withLockedValue { $0.failure } }

    /// Ends it, and waits for that.
    func stop() {
        state.withLockedValue { $0.isStopped = true }
        _ = try? eventually("the load to end") { state.withLockedValue { $0.running } == 0 ? true : nil }
    }

    private func ask(_ address: Address) {
        var connection: HTTPConnection?
        while !isStopped {
            let asked: (round: Int, place: Int, field: String, victim: Int)? = state.withLockedValue {
                let (subjects, focus) = ($0.subjects, $0.focus)
                $0.next += 1
                let places = subjects.indices.filter { focus == nil || subjects[$0].victim == focus }
                guard !places.isEmpty else { return nil }
                let place = places[$0.next % places.count]
                return ($0.round, place, subjects[place].field, subjects[place].victim)
            }
            guard let asked else {
                _ = poll(nil, 0, 1)
                continue
            }
            let sent = ContinuousClock.now
            let outcome = Self.outcome(address, asked.field, &connection)
            let answer = RevocationOracle.Answer(
                session: asked.victim, sent: sent, received: .now, outcome: outcome)
            state.withLockedValue {
                $0.told += 1
                if $0.round == asked.round { $0.subjects[asked.place].answers.append(answer) }
            }
        }
    }

    private static func outcome(
        _ address: Address, _ field: String, _ connection: inout HTTPConnection?
    ) -> RevocationOracle.Outcome {
        do {
            let current = try connection ?? HTTPConnection(to: address)
            connection = current
            return RevocationOracle.Outcome(try current.get("/resolve", field))
        } catch {
            connection = nil
            return .other("\(error)")
        }
    }

    /// Sends many requests at once, again and again. All answers are as long as the first one, and begin with the same; but on
    /// a machine with more to do than this, Redis may answer too late, and then the session is *unknown*.
    private func saturate(_ address: Address, _ field: String) throws {
        let request = "GET /resolve HTTP/1.1\r\nHost: test\r\n\(field)\r\n\r\n"
        let requests = String(repeating: request, count: Self.pipelined)
        let socket = try Socket.connect(to: address)
        try socket.send(request)
        var first: [UInt8] = []
        while first.firstRange(of: Self.headEnd) == nil { first += try Self.receive(socket) }
        guard let valid = first.firstRange(of: Array("x-authgear-session-valid: true\r\n".utf8)) else {
            throw WireError.malformed(String(decoding: first, as: UTF8.self))
        }
        let (length, beginning) = (first.count, first[..<valid.upperBound])
        while !isStopped {
            try socket.send(requests)
            var rest: ArraySlice<UInt8> = []
            for _ in 0..<Self.pipelined {
                while rest.count < length, rest.firstRange(of: Self.headEnd) == nil { rest += try Self.receive(socket) }
                if rest.starts(with: beginning) {
                    while rest.count < length { rest += try Self.receive(socket) }
                    rest = rest.dropFirst(length)
                } else if rest.starts(with: "HTTP/1.1 503 ".utf8), let end = rest.firstRange(of: Self.headEnd) {
                    rest = rest[end.upperBound...]
                } else {
                    throw WireError.malformed(String(decoding: rest.prefix(length), as: UTF8.self))
                }
            }
            state.withLockedValue { $0.answered += Self.pipelined }
        }
    }

    private static let headEnd = Array("\r\n\r\n".utf8)

    private static func receive(_ socket: Socket) throws -> [UInt8] {
        let bytes = try socket.receive()
        guard !bytes.isEmpty else { throw WireError.closed(after: "") }
        return bytes
    }
}

extension RevocationOracle.Outcome {
    /// What a request for a credential got.
    init(_ response: Response) {
        switch (response.status, response["x-authgear-session-valid"]) {
        case (200, "true"): self = .valid
        case (200, "false"): self = .invalid
        case (503, nil): self = .unknown
        default: self = .other("\(response)")
        }
    }
}
