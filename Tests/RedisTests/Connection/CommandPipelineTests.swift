import Redis
import Testing

/// A connection's state whose waiters are words.
private typealias State = CommandPipeline<String>

private func at(_ milliseconds: Int64) -> Int64 {
    1_000_000_000 + milliseconds * 1_000_000
}

extension CommandPipeline where Waiter == String {
    /// Asks for whom the tests call `key: waiter`, and says what came of it.
    fileprivate mutating func ask(
        _ key: String, _ waiter: String, withEnd: Bool = false, at now: Int64 = at(0)
    ) -> String {
        switch admit(for: "\(key): \(waiter)", withEnd: withEnd, at: now) {
        case .send: "send"
        case .refused(let failure): "\(failure)"
        }
    }

    /// Receives a reply, and says whose it is.
    fileprivate mutating func receive(error: RedisErrorCode? = nil, at now: Int64 = at(0)) -> String {
        switch received(error: error, at: now) {
        case .settingUp: "setting up"
        case .setUpRefused(let command, let error): "\(command.rawValue) refused: \(error)"
        case .answered(let waiter, _): waiter
        case .timeToLive(let sent): "end, asked for at \((sent - at(0)) / 1_000_000)"
        case .proof(let question, let nonce, let sent):
            "\(question.rawValue) of \(nonce) at \((sent - at(0)) / 1_000_000)"
        case .redirected(let client, let error): "redirected to \(client)\(error.map { ": \($0)" } ?? "")"
        case .tried(let number, let question): "\(question) of trial \(number)"
        case .authenticated(let error): "authenticated\(error.map { ": \($0)" } ?? "")"
        case .untracked: "untracked"
        case .late: "late"
        case .unsolicited: "unsolicited"
        }
    }
}

/// Ready, with a time-out of 250 ms and room for `limit`.
private func ready(limit: Int = 100) -> State {
    var state = State(setUp: [], commandTimeout: 250_000_000, limit: limit)
    _ = state.connected()
    _ = state.proven()
    return state
}

private func settingUp(_ address: RedisAddress) -> State {
    State(setUp: SetUpCommand.commands(for: address), commandTimeout: 250_000_000, limit: 100)
}

@Suite struct `Connection state` {
    @Suite struct `Set-up` {
        static let place = RedisAddress.Endpoint.unix(path: "/r")
        static let plain = RedisAddress(endpoint: place)
        static let whole = RedisAddress(
            endpoint: place, credentials: RedisCredentials(user: Array("u".utf8), password: Array("p".utf8)),
            database: 7)

        @Test func `a plain address needs a PING alone`() {
            #expect(SetUpCommand.commands(for: Self.plain).map(\.arguments) == [[Array("PING".utf8)]])
        }

        @Test func `password and database come before the PING`() {
            let commands = SetUpCommand.commands(for: Self.whole).map { command in
                command.arguments.map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(commands == [["AUTH", "u", "p"], ["SELECT", "7"], ["PING"]])
        }

        @Test func `a set-up command never prints its arguments`() {
            #expect("\(SetUpCommand.commands(for: Self.whole))" == "[AUTH, SELECT, PING]")
        }

        @Test func `it is ready when all set-up commands are answered and the server is proven`() {
            var state = settingUp(Self.whole)
            #expect(state.connected().map(\.name) == [.auth, .select, .ping])
            #expect(state.isReady == false)
            #expect(state.proven() == false)
            for _ in 0..<3 { #expect(state.receive() == "setting up") }
            #expect(state.isReady == false)
            #expect(state.proven() == true)
            #expect(state.isReady == true)
            #expect(state.proven() == false)
        }

        @Test(arguments: [(0, "AUTH"), (1, "SELECT"), (2, "PING")])
        func `an error names the command that was refused`(_ before: Int, _ name: String) {
            var state = settingUp(Self.whole)
            _ = state.connected()
            for _ in 0..<before { _ = state.receive() }
            #expect(state.receive(error: .wrongPassword) == "\(name) refused: wrongPassword")
            #expect(state.isReady == false)
        }

        @Test func `nothing is asked before it is ready`() {
            var state = settingUp(Self.plain)
            #expect(state.ask("a", "x") == "disconnected")
            _ = state.connected()
            #expect(state.ask("a", "x") == "disconnected")
            _ = state.receive()
            #expect(state.ask("a", "x") == "disconnected")
            _ = state.proven()
            #expect(state.ask("a", "x") == "send")
        }

        @Test func `what is asked for ourselves with the set-up is answered behind it`() {
            var state = settingUp(Self.plain)
            #expect(state.admit(.proof(.nonce, nonce: 7), at: at(0)) == false)
            _ = state.connected()
            #expect(state.admit(.proof(.nonce, nonce: 7), at: at(1)) == true)
            #expect(state.receive() == "setting up")
            #expect(state.admit(.proof(.role, nonce: 7), at: at(2)) == true)
            #expect(state.receive() == "PING of 7 at 1")
            #expect(state.receive(error: .noPermission) == "INFO replication of 7 at 2")
        }

        @Test func `a reply before the connection stands is unsolicited`() {
            var state = settingUp(Self.plain)
            #expect(state.receive() == "unsolicited")
        }
    }

    @Suite struct `Pipelining` {
        @Test func `replies come in the order of the commands`() {
            var state = ready()
            for key in ["a", "b", "c"] { #expect(state.ask(key, "for \(key)") == "send") }
            #expect(state.receive() == "a: for a")
            #expect(state.receive() == "b: for b")
            #expect(state.ask("d", "for d") == "send")
            #expect(state.receive() == "c: for c")
            #expect(state.receive() == "d: for d")
        }

        @Test func `a reply that nobody asked for is unsolicited`() {
            var state = ready()
            #expect(state.receive() == "unsolicited")
            _ = state.ask("a", "x")
            _ = state.receive()
            #expect(state.receive() == "unsolicited")
        }

        @Test func `a record's end is answered before the record, also when it is late`() {
            var state = ready()
            _ = state.ask("a", "x", withEnd: true, at: at(5))
            #expect(state.receive(at: at(6)) == "end, asked for at 5")
            #expect(state.receive(at: at(6)) == "a: x")
            _ = state.ask("b", "y", withEnd: true, at: at(7))
            #expect(state.elapsed(at: at(257)).timedOut == ["b: y"])
            #expect(state.receive(at: at(258)) == "end, asked for at 7")
            #expect(state.receive(at: at(258)) == "late")
            #expect(state.receive(at: at(258)) == "unsolicited")
        }

        @Test func `an error is its command's reply like any other`() {
            var state = ready()
            _ = state.ask("a", "x")
            #expect(state.receive(error: .wrongType) == "a: x")
            #expect(state.isReady == true)
        }

        @Test func `many commands keep their order`() {
            var state = ready(limit: 1000)
            var next = 0
            for round in 0..<1000 {
                #expect(state.ask("\(round)", "w\(round)") == "send")
                guard round % 3 != 0 else { continue }
                #expect(state.receive() == "\(next): w\(next)")
                next += 1
            }
        }
    }

    @Suite struct `Bounds` {
        @Test func `more look-ups than may wait are turned away`() {
            var state = ready(limit: 2)
            _ = state.ask("a", "1")
            _ = state.ask("b", "2")
            #expect(state.ask("c", "3") == "overloaded")
            #expect(state.receive() == "a: 1")
            #expect(state.ask("c", "4") == "send")
        }

        @Test func `commands that timed out count until they are answered`() {
            var state = ready(limit: 2)
            _ = state.ask("a", "1")
            _ = state.ask("b", "2")
            #expect(state.elapsed(at: at(250)).timedOut.count == 2)
            #expect(state.ask("c", "3", at: at(251)) == "overloaded")
            #expect(state.receive(at: at(252)) == "late")
            #expect(state.ask("c", "3", at: at(253)) == "send")
        }
    }

    @Suite struct `Time` {
        @Test func `without commands there is no deadline`() {
            var state = ready()
            #expect(state.nextDeadline == nil)
            let elapsed = state.elapsed(at: at(100_000))
            #expect(elapsed.timedOut.isEmpty && !elapsed.isStuck && elapsed.next == nil)
        }

        @Test func `a command times out at its time-out and not before`() {
            var state = ready()
            _ = state.ask("a", "1", at: at(10))
            _ = state.ask("b", "2", at: at(100))
            #expect(state.nextDeadline == at(260))
            #expect(state.elapsed(at: at(259)).timedOut.isEmpty)
            let elapsed = state.elapsed(at: at(260))
            #expect(elapsed.timedOut == ["a: 1"])
            #expect(elapsed.next == at(350))
            #expect(state.elapsed(at: at(350)).timedOut == ["b: 2"])
        }

        @Test func `late replies are dropped and the later commands get theirs`() {
            var state = ready()
            _ = state.ask("a", "1", at: at(0))
            _ = state.ask("b", "2", at: at(0))
            _ = state.ask("c", "3", at: at(200))
            #expect(state.elapsed(at: at(250)).timedOut == ["a: 1", "b: 2"])
            #expect(state.receive(at: at(300)) == "late")
            #expect(state.receive(at: at(300)) == "late")
            #expect(state.receive(at: at(300)) == "c: 3")
            #expect(state.receive(at: at(300)) == "unsolicited")
        }

        @Test func `silence for twice the time-out means stuck`() {
            var state = ready()
            _ = state.ask("a", "1", at: at(0))
            _ = state.ask("b", "2", at: at(400))
            let first = state.elapsed(at: at(250))
            #expect(!first.isStuck)
            #expect(first.next == at(500))
            #expect(!state.elapsed(at: at(499)).isStuck)
            #expect(state.elapsed(at: at(500)).isStuck)
        }

        @Test func `a server that is slow but answers is not stuck`() {
            var state = ready()
            for number in Int64(0)..<10 { _ = state.ask("\(number)", "w", at: at(number)) }
            for step in Int64(1)..<10 {
                #expect(!state.elapsed(at: at(step * 400)).isStuck)
                #expect(state.receive(at: at(step * 400)) == "late")
            }
            #expect(state.elapsed(at: at(9 * 400 + 500)).isStuck)
        }

        @Test func `idling before the command is no silence`() {
            var state = ready()
            _ = state.ask("a", "1", at: at(0))
            _ = state.receive(at: at(1))
            _ = state.ask("b", "2", at: at(10_000))
            #expect(!state.elapsed(at: at(10_100)).isStuck)
            #expect(state.nextDeadline == at(10_250))
        }
    }

    @Suite struct `Loss` {
        @Test func `a lost connection gives back who still waits`() {
            var state = ready()
            _ = state.ask("a", "1", at: at(0))
            _ = state.ask("b", "2", at: at(200))
            _ = state.ask("c", "3", at: at(201))
            _ = state.elapsed(at: at(250))
            #expect(state.closed() == ["b: 2", "c: 3"])
            #expect(state.nextDeadline == nil)
            #expect(state.ask("c", "4", at: at(300)) == "disconnected")
            #expect(state.receive(at: at(301)) == "unsolicited")
            #expect(state.closed().isEmpty)
        }
    }

    @Suite struct `Our own commands` {
        @Test func `our own commands take their place in the queue`() {
            var state = ready()
            _ = state.ask("a", "1", at: at(0))
            #expect(state.admit(.untracking, at: at(1)) == true)
            #expect(state.admit(.redirection(4), at: at(1)) == true)
            #expect(state.admit(.proof(.nonce, nonce: 9), at: at(2)) == true)
            _ = state.ask("b", "2", at: at(3))
            #expect(state.receive() == "a: 1")
            #expect(state.receive(error: .generic) == "untracked")
            #expect(state.receive() == "redirected to 4")
            #expect(state.receive() == "PING of 9 at 2")
            #expect(state.receive() == "b: 2")
        }

        @Test func `a redirection can be refused`() {
            var state = ready()
            _ = state.admit(.redirection(4), at: at(1))
            #expect(state.receive(error: .noPermission) == "redirected to 4: noPermission")
        }

        @Test func `our own commands have nobody to tell when they time out`() {
            var state = ready()
            #expect(state.admit(.proof(.client, nonce: 1), at: at(0)) == true)
            let elapsed = state.elapsed(at: at(250))
            #expect(elapsed.timedOut.isEmpty)
            #expect(elapsed.next == at(500))
            #expect(state.receive(at: at(260)) == "CLIENT ID of 1 at 0")
            _ = state.admit(.proof(.client, nonce: 2), at: at(300))
            #expect(state.elapsed(at: at(800)).isStuck)
            #expect(state.closed().isEmpty)
        }
    }
}
