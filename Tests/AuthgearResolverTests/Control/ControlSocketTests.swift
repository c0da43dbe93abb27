import AuthgearResolver
import EventLoop
import Fixtures
import Glibc
import Testing

/// Neither side of the control socket waits for ever for the other.
@Suite(.timeLimit(.minutes(1))) struct ControlSocketTests {
    /// Two ends that block.
    private static func pair() -> (ControlSocket, ControlSocket) {
        var ends: [CInt] = [0, 0]
        let status = unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends)
        precondition(status == 0, "the system has no sockets left")
        return (ControlSocket(owning: ends[0]), ControlSocket(owning: ends[1]))
    }

    @Test func `what is sent is received`() {
        let (one, other) = Self.pair()
        one.send("reload\n", within: .seconds(60))
        #expect(other.receive(within: .seconds(60)) == "reload\n")
    }

    @Test func `a text that nobody reads is given up`() {
        let (one, other) = Self.pair()
        one.send(String(repeating: "x", count: 1 << 22), within: .milliseconds(10))
        withExtendedLifetime(other) {}
    }

    @Test func `a text that does not come is given up`() {
        let (one, other) = Self.pair()
        #expect(one.receive(within: .milliseconds(10)) == nil)
        withExtendedLifetime(other) {}
    }

    @Test func `where nobody accepts, who connects is told so at once`() throws {
        let directory = TemporaryDirectory()
        let path = directory.path + "/control.sock"
        let listener = try ListeningSocket.open(path: path, permissions: 0o600, backlog: 0)
        defer { listener.close() }
        var connections: [ControlSocket] = []
        #expect(throws: (any Error).self) {
            for _ in 0..<64 { connections.append(try ControlSocket.connect(to: path)) }
        }
        #expect(!connections.isEmpty)
    }
}
