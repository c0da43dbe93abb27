import Authentication
import Redis
import Testing

private typealias Scene = ConnectionScene

/// That there is no record is told by a null, which could be any question's.
@Suite struct `A record that is not there` {
    @Test func `that there is no record is believed of a server that proves itself afterwards`() throws {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.ask("b")
        _ = scene.written()
        scene.receive("$-1\r\n$-1\r\n")
        #expect(scene.take() == [])
        scene.prove()
        #expect(scene.take() == ["a missing", "b missing"])
    }

    @Test func `a round that was asked before a record proves nothing of its absence`() throws {
        let scene = try Scene.ready()
        scene.beat()
        scene.ask("a")
        let nonce = scene.nonces()[0]
        scene.receive(Scene.proof(of: nonce) + "$-1\r\n")
        #expect(scene.take() == [])
        scene.prove()
        #expect(scene.take() == ["a missing"])
    }

    @Test func `what a demoted server has not is unknown, not missing`() throws {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.receive("$-1\r\n")
        scene.prove(role: "slave")
        #expect(scene.take() == ["a notPrimary", "closed unproven(Redis.ProofFailure.replica)"])
    }

    @Test func `absences ask for rounds five milliseconds apart`() throws {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.receive("$-1\r\n")
        scene.prove()
        scene.ask("b")
        scene.receive("$-1\r\n")
        scene.prove()
        #expect(scene.take() == ["a missing"])
        scene.pass(5)
        scene.prove()
        #expect(scene.take() == ["b missing"])
    }

    @Test(arguments: [(15, false), (16, true)])
    func `sixteen absences ask for a round that is due sooner`(_ count: Int, _ isEnough: Bool) throws {
        let scene = try Scene.ready()
        scene.ask("first")
        scene.receive("$-1\r\n")
        scene.prove()
        #expect(scene.take() == ["first missing"])
        for number in 1...count { scene.ask("\(number)") }
        scene.receive(String(repeating: "$-1\r\n", count: count))
        scene.pass(0)
        scene.prove()
        #expect(scene.take().count == (isEnough ? count : 0))
    }

    @Test func `an absence that is not proven in its time has timed out`() throws {
        let scene = try Scene.ready()
        scene.ask("a")
        scene.pass(100)
        scene.receive("$-1\r\n")
        scene.pass(149)
        #expect(scene.take() == [])
        scene.pass(1)
        #expect(scene.take() == ["a timedOut"])
    }

    @Test func `whoever needs no proof is told at once, and asks for no round`() throws {
        let scene = try Scene.ready()
        scene.ask("a", absenceNeedsProof: false)
        scene.ask("b")
        _ = scene.written()
        scene.receive("$-1\r\n")
        #expect(scene.take() == ["a missing"])
        scene.pass(10)
        #expect(scene.written() == [])
        scene.receive("$-1\r\n")
        scene.prove()
        #expect(scene.take() == ["b missing"])
    }
}
