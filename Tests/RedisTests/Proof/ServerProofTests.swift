import Bytes
import Fixtures
import Redis
import Testing

/// A conversation in rounds, each with a nonce of its own.
private struct Rounds {
    var proof: ServerProof
    private var nonce: UInt64 = 0

    init(_ role: RequiredRole = .primary, feed: Int64? = nil) {
        proof = ServerProof(role, prefixes: ["a:", "b:"])
        proof.redirected(to: feed)
    }

    /// What a primary answers, with some answers in their places; gives what came of the first that mattered.
    mutating func run(_ answers: [ServerProof.Question: ProofAnswer] = [:]) -> ServerProof.Progress {
        nonce += 1
        for question in ServerProof.Question.allCases {
            let progress = proof.answered(question, by: answers[question] ?? usual(question), nonce: nonce)
            if progress != .open { return progress }
        }
        return .open
    }

    private func usual(_ question: ServerProof.Question) -> ProofAnswer {
        switch question {
        case .nonce: .text(ServerProof.text(of: nonce))
        case .client: .integer(7)
        case .tracking: Rounds.tracking(4)
        case .server: Rounds.text("run_id:x\r\n")
        case .role: Rounds.text("role:master\r\nmaster_replid:h\r\n")
        }
    }

    static func text(_ text: String) -> ProofAnswer { .text(Array(text.utf8)) }

    static func tracking(
        _ client: Int, of prefixes: [String] = ["a:", "b:"], flags: [String] = ["on", "bcast"]
    ) -> ProofAnswer {
        answer(FakeRedis.tracking(client, of: prefixes, flags: flags))
    }

    static func answer(_ bytes: String) -> ProofAnswer {
        var reader = ReplyReader()
        let stream = Array(bytes.utf8)
        var answer: ProofAnswer?
        try? reader.read(stream.span.bytes) { reply in
            answer = ProofAnswer(reply)
            return false
        }
        return answer ?? .other
    }
}

@Suite struct `Server proof` {
    static let server = ServerID(info: Array("run_id:x".utf8))
    static let proven = ServerProof.Progress.done(server, nil)

    @Test func `a primary that answers everything is proven, round after round`() {
        var rounds = Rounds(feed: 4)
        for _ in 0..<3 { #expect(rounds.run() == Self.proven) }
    }

    static let contradictions: [(ServerProof.Question, ProofAnswer, ProofFailure)] = [
        (.client, .integer(8), .anotherClient),
        (.tracking, Rounds.tracking(5), .untold), (.tracking, Rounds.tracking(-1, flags: ["off"]), .untold),
        (.tracking, Rounds.tracking(4, flags: ["on"]), .untold),
        (.tracking, Rounds.tracking(4, flags: ["off", "bcast"]), .untold),
        (.tracking, Rounds.tracking(4, of: ["a:"]), .untold), (.tracking, Rounds.tracking(4, of: []), .untold),
        (.tracking, Rounds.tracking(5, flags: ["on", "bcast", "broken_redirect"]), .untold),
        (.server, Rounds.text("run_id:y\r\n"), .anotherServer), (.role, Rounds.text("role:slave\r\n"), .replica),
        (.role, Rounds.text("role:sentinel\r\n"), .otherRole), (.nonce, Rounds.text("0"), .outOfStep),
        (.nonce, .integer(7), .outOfStep), (.nonce, .other, .outOfStep), (.nonce, .error(.noPermission), .outOfStep),
        (.nonce, Rounds.tracking(4), .outOfStep),
    ]

    @Test(arguments: contradictions)
    func `what contradicts what was proven before is a failure`(
        _ question: ServerProof.Question, _ answer: ProofAnswer, _ failure: ProofFailure
    ) {
        var rounds = Rounds(feed: 4)
        #expect(rounds.run() == Self.proven)
        #expect(rounds.run([question: answer]) == .failed(failure))
    }

    @Test(arguments: [ServerProof.Question.client, .tracking, .server, .role])
    func `what the server refuses to say is a gap, and no more, for that round`(_ question: ServerProof.Question) {
        var rounds = Rounds(feed: 4)
        let first = rounds.run([question: .error(.noPermission)])
        #expect(first == .done(question == .server ? nil : Self.server, .refused(question, .noPermission)))
        #expect(rounds.run() == Self.proven)
        #expect(rounds.run([question: .other]) == .done(Self.server, .unclear(question)))
        #expect(rounds.run() == Self.proven)
    }

    @Test(arguments: [ProofAnswer.error(.generic), .error(.noPermission), .other])
    func `a server that never gives a nonce back is believed as far as that goes`(_ answer: ProofAnswer) {
        var rounds = Rounds()
        for _ in 0..<2 {
            guard case .done(_, .some) = rounds.run([.nonce: answer]) else {
                Issue.record("it is proven, or failed")
                return
            }
        }
    }

    @Test(arguments: [RedisErrorCode.busy, .loading, .primaryDown])
    func `a server that is too busy for a nonce is not out of step`(_ error: RedisErrorCode) {
        var rounds = Rounds()
        #expect(rounds.run() == Self.proven)
        #expect(rounds.run([.nonce: .error(error)]) == .done(Self.server, .refused(.nonce, error)))
    }

    @Test func `of several gaps the first is told`() {
        var rounds = Rounds()
        let progress = rounds.run([.client: .error(.noPermission), .role: .other])
        #expect(progress == .done(Self.server, .refused(.client, .noPermission)))
    }

    @Test func `who is told of changes matters only once the server agreed to tell`() {
        var rounds = Rounds()
        #expect(rounds.run([.tracking: Rounds.tracking(-1, of: [], flags: ["off"])]) == Self.proven)
        rounds.proof.redirected(to: 4)
        #expect(rounds.run() == Self.proven)
        rounds.proof.redirected(to: nil)
        #expect(rounds.run([.tracking: Rounds.tracking(9)]) == Self.proven)
    }

    @Test func `a feed that is gone is a gap, for it may be our own that was lost`() {
        var rounds = Rounds(feed: 4)
        let broken = Rounds.tracking(4, flags: ["on", "bcast", "broken_redirect"])
        #expect(rounds.run([.tracking: broken]) == .done(Self.server, .feedGone))
    }

    @Test func `data of another history are others, once`() {
        var rounds = Rounds()
        #expect(rounds.run() == Self.proven)
        let other = Rounds.text("role:master\r\nmaster_replid:i\r\n")
        #expect(rounds.run([.role: other]) == .done(Self.server, .dataReplaced))
        #expect(rounds.run([.role: other]) == Self.proven)
    }

    @Test func `a proof of no prefixes is of all keys`() {
        var proof = ServerProof(.primary, prefixes: [])
        proof.redirected(to: 4)
        #expect(proof.answered(.tracking, by: Rounds.tracking(4, of: [""]), nonce: 1) == .open)
        #expect(proof.answered(.tracking, by: Rounds.tracking(4, of: []), nonce: 1) == .failed(.untold))
    }
}

@Suite struct `Tracking info` {
    @Test(arguments: [
        "*6\r\n", "*4\r\n", "$-1\r\n", ":1\r\n", "*0\r\n", "*2\r\n$5\r\nflags\r\n*0\r\n",
        FakeRedis.tracking(4, of: ["a"]).replacing("redirect", with: "redirecT"),
        FakeRedis.tracking(4, of: ["a"]).replacing(":4", with: "$1\r\n4"),
        FakeRedis.tracking(4, of: ["a"]).replacing("*1\r\n$1\r\na\r\n", with: ":1\r\n"),
    ])
    func `anything else is no tracking info`(_ bytes: String) {
        if case .tracking = Rounds.answer(bytes) { Issue.record("it is taken for one") }
    }
}
