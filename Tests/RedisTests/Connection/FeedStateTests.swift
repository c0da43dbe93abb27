import Bytes
import Redis
import Testing

private func at(_ milliseconds: Int64) -> Int64 {
    1_000_000_000 + milliseconds * 1_000_000
}

private func feed(_ url: String = "unix:///r") throws -> FeedState {
    FeedState(
        setUp: SetUpCommand.feedCommands(for: try RedisAddress(url: url)), patience: 500_000_000)
}

private func listening() throws -> FeedState {
    var state = try feed()
    _ = state.connected(at: at(0))
    _ = state.received(.integer(7))
    _ = state.received(.text(Array("run_id:abc\r\n".utf8)))
    _ = state.received(.subscribed)
    return state
}

@Suite struct `Feed state` {
    @Test func `its set-up is password, client id, server and subscription`() throws {
        let commands = SetUpCommand.feedCommands(for: try RedisAddress(url: "redis://user:pw@h/3")).map { command in
            command.arguments.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
        #expect(commands == ["AUTH user pw", "CLIENT ID", "INFO server", "SUBSCRIBE __redis__:invalidate"])
    }

    @Test func `it listens once subscribed, under the id that it was told`() throws {
        var state = try feed("unix://:pw@/r")
        #expect(state.connected(at: at(5)).count == 4)
        #expect(state.received(.status) == .settingUp)
        #expect(state.received(.integer(42)) == .settingUp)
        let info = Array("# Server\r\nredis_version:7.0.15\r\nrun_id:abc\r\n".utf8)
        #expect(state.received(.text(info)) == .settingUp)
        #expect(state.isListening == false)
        #expect(state.received(.subscribed) == .listening(id: 42, ServerID(info: info), sent: at(5)))
        #expect(state.isListening == true)
    }

    @Test(arguments: [(0, SetUpCommand.Name.auth), (1, .clientID), (2, .info), (3, .subscribe)])
    func `an error names the command that was refused`(_ before: Int, _ name: SetUpCommand.Name) throws {
        var state = try feed("unix://:pw@/r")
        _ = state.connected(at: at(0))
        for message in [FeedMessage.status, .integer(1), .text([])].prefix(before) { _ = state.received(message) }
        #expect(state.received(.error(.noPermission)) == .setUpRefused(name, .noPermission))
    }

    @Test(arguments: [FeedMessage.status, .subscribed, .changed, .everythingChanged, .alive([]), .other])
    func `a reply of another type is not what was asked for`(_ message: FeedMessage) throws {
        var state = try feed()
        _ = state.connected(at: at(0))
        #expect(state.received(message) == .unsolicited)
    }

    @Test func `changes are passed on`() throws {
        var state = try listening()
        #expect(state.received(.changed) == .changed)
        #expect(state.received(.everythingChanged) == .everythingChanged)
    }

    @Test(arguments: [FeedMessage.status, .integer(1), .error(.generic), .subscribed, .alive([]), .other])
    func `what nobody asked for is unsolicited`(_ message: FeedMessage) throws {
        var state = try listening()
        #expect(state.received(message) == .unsolicited)
    }

    @Test func `one heartbeat at a time, and an answer tells when it was sent`() throws {
        var state = try listening()
        #expect(state.beat(nonce: 26, at: at(100)) == .send(nonce: Array("1a".utf8)))
        #expect(state.beat(nonce: 27, at: at(350)) == .none)
        #expect(state.received(.alive(Array("1a".utf8))) == .alive(at(100)))
        #expect(state.beat(nonce: 28, at: at(600)) == .send(nonce: Array("1c".utf8)))
    }

    @Test(arguments: ["", "1b", "1A", "1a "])
    func `an answer to another heartbeat is unsolicited`(_ nonce: String) throws {
        var state = try listening()
        _ = state.beat(nonce: 26, at: at(100))
        #expect(state.received(.alive(Array(nonce.utf8))) == .unsolicited)
    }

    @Test func `a heartbeat without an answer means stuck`() throws {
        var state = try listening()
        _ = state.beat(nonce: 1, at: at(100))
        #expect(state.beat(nonce: 2, at: at(599)) == .none)
        #expect(state.beat(nonce: 2, at: at(600)) == .stuck)
    }

    @Test func `it has no heartbeat before it listens or after it closed`() throws {
        var state = try feed()
        #expect(state.beat(nonce: 1, at: at(0)) == .none)
        _ = state.connected(at: at(0))
        #expect(state.beat(nonce: 1, at: at(10_000)) == .none)
        var closed = try listening()
        closed.closed()
        #expect(closed.beat(nonce: 1, at: at(0)) == .none)
        #expect(closed.received(.changed) == .unsolicited)
    }
}

@Suite struct `Feed messages` {
    private static func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }
    private static let channel = bulk("__redis__:invalidate")

    @Test(arguments: [
        ("+OK\r\n", FeedMessage.status), (":42\r\n", .integer(42)), ("-NOPERM x\r\n", .error(.noPermission)),
        ("$-1\r\n", .other), (bulk("x"), .text(Array("x".utf8))), ("*0\r\n", .other), ("*-1\r\n", .other),
        ("*3\r\n\(bulk("subscribe"))\(channel):1\r\n", .subscribed),
        ("*3\r\n\(bulk("subscribe"))\(bulk("other")):1\r\n", .other),
        ("*2\r\n\(bulk("pong"))\(bulk("1a"))", .alive(Array("1a".utf8))), ("*2\r\n\(bulk("pong")):1\r\n", .alive([])),
        ("*3\r\n\(bulk("message"))\(channel)*1\r\n\(bulk("a"))", .changed),
        ("*3\r\n\(bulk("message"))\(channel)*0\r\n", .changed),
        ("*3\r\n\(bulk("message"))\(channel)$-1\r\n", .everythingChanged),
        ("*3\r\n\(bulk("message"))\(channel)*-1\r\n", .everythingChanged),
        ("*3\r\n\(bulk("message"))\(channel)\(bulk("a"))", .other),
        ("*3\r\n\(bulk("message"))\(bulk("other"))*1\r\n\(bulk("a"))", .other),
        ("*3\r\n\(bulk("pmessage"))\(channel)*1\r\n\(bulk("a"))", .other),
        ("*3\r\n:1\r\n:2\r\n:3\r\n", .other),
    ])
    func `what came is sorted`(_ bytes: String, _ message: FeedMessage) throws {
        var reader = ReplyReader()
        let stream = Array(bytes.utf8)
        var messages: [FeedMessage] = []
        try reader.read(stream.span.bytes) { reply in
            messages.append(FeedMessage(reply))
            return true
        }
        #expect(messages == [message])
    }
}
