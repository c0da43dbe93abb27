import AuthgearResolver
import EventLoop
import Fixtures
import Glibc
import Testing

/// What a successor makes of what it is told by the process that runs; here that is the test.
@Suite(.timeLimit(.minutes(1))) struct PredecessorTests {
    /// A socket where somebody answers one request: with a text, and with these descriptors beside it.
    private final class StandIn: Sendable {
        let path: String
        private let folder = TemporaryDirectory()
        private let socket: ListeningSocket

        /// - Parameter farewell: what is said behind a report; nil: none is waited for.
        init(_ reply: String, passing sockets: [CInt] = [], farewell: String? = nil) throws {
            path = folder.path + "/control.sock"
            socket = try ListeningSocket.open(path: path, permissions: 0o600, backlog: 4)
            _ = fcntl(socket.descriptor, F_SETFL, 0)
            let isRunning = BlockingThreads.run { [socket] in
                guard case .connection(let descriptor) = socket.accept() else { return }
                let peer = ControlSocket(owning: descriptor)
                _ = peer.receiveLine(within: .seconds(20))
                peer.write(reply, passing: sockets, within: .seconds(20))
                if farewell != nil { _ = peer.receiveLine(within: .seconds(20)) }
                peer.send(farewell ?? "", within: .seconds(20))
            }
            try #require(isRunning)
        }

        deinit { socket.close() }
    }

    private static func problem(_ path: String?) -> String {
        do throws(Predecessor.Problem) {
            _ = try Predecessor.ask(at: path, file: "resolver.yaml")
            return ""
        } catch {
            return error.description
        }
    }

    @Test func `without a socket that is configured, or where nobody listens, it says so`() {
        #expect(Self.problem(nil).hasPrefix("resolver.yaml: admin.control names no socket"))
        let said = Self.problem("/nowhere/control.sock")
        #expect(said.hasPrefix("nobody can be asked at /nowhere/control.sock: no such file"), "\(said)")
    }

    @Test(arguments: [
        ("unavailable\nstop and start it\n", "the process that runs does not hand over: stop and start it"),
        ("refused\nno\n", "the process that runs does not hand over: no"), ("", "the process that runs gave no answer"),
        ("done\n", "the process that runs sent other"), ("what\never\n", "the process that runs sent other"),
        ("done\n\n", "the process that runs sent other"), ("done\nown:1:2 plain\n", "the process that runs sent other"),
        ("done\nown", "the process that runs gave no answer"),
    ])
    func `a refusal is passed on, and what is no answer is none`(reply: String, words: String) throws {
        let standIn = try StandIn(reply)
        let said = Self.problem(standIn.path)
        #expect(said.hasPrefix(words), "\(said)")
    }

    @Test func `its sockets come with whose file is whose`() throws {
        let folder = TemporaryDirectory()
        let own = try ListeningSocket.open(at: .unix(path: folder.path + "/own.sock"), backlog: 4)
        let plain = try ListeningSocket.open(at: .tcp(host: "127.0.0.1", port: 0), backlog: 4)
        defer { for socket in [own, plain] { socket.close() } }
        let file = try #require(own.ownFile)
        let standIn = try StandIn(
            "done\nown:\(file.device):\(file.number) plain\n", passing: [own.descriptor, plain.descriptor])
        let (_, sockets) = try Predecessor.ask(at: standIn.path, file: "resolver.yaml")
        #expect(sockets.map(\.socket.address) == [own.address, plain.address])
        #expect(sockets.map(\.ownFile) == [file, nil])
        for each in sockets { ListeningSocket.close(descriptor: each.socket.descriptor) }
    }

    @Test(arguments: ["own", "own:1", "own:1:", "own:-1:2", "own:1:2:3", "owns:1:2", "plain:"])
    func `a word that is none makes all of them useless`(word: String) throws {
        let folder = TemporaryDirectory()
        let socket = try ListeningSocket.open(at: .unix(path: folder.path + "/x.sock"), backlog: 4)
        defer { socket.close() }
        let standIn = try StandIn("done\n\(word)\n", passing: [socket.descriptor])
        #expect(Self.problem(standIn.path).hasPrefix("the process that runs sent other"))
    }

    @Test(arguments: [
        ("done\n\n", "done"), ("done\n", "done"), ("", "gone"), ("refused\n\n", "refused"),
        ("unavailable\nnot now\n", "the process that runs does not hand over: not now"),
        ("what\never\n", "the process that runs sent other"), ("refused\n", "the process that runs sent other"),
    ])
    func `its last word is final, and without one it has ended`(farewell: String, meaning: String) throws {
        let folder = TemporaryDirectory()
        let socket = try ListeningSocket.open(at: .unix(path: folder.path + "/x.sock"), backlog: 4)
        defer { socket.close() }
        let standIn = try StandIn("done\nplain\n", passing: [socket.descriptor], farewell: farewell)
        let (predecessor, sockets) = try Predecessor.ask(at: standIn.path, file: "resolver.yaml")
        for each in sockets { ListeningSocket.close(descriptor: each.socket.descriptor) }
        switch predecessor.finish(lacksSomething: false) {
        case .done: #expect(meaning == "done")
        case .gone: #expect(meaning == "gone")
        case .refused: #expect(meaning == "refused")
        case .failed(let problem): #expect("\(problem)".hasPrefix(meaning), "\(problem)")
        }
    }

    @Test func `a descriptor that nobody can accept at is none of its sockets`() throws {
        let null = unsafe open("/dev/null", O_RDONLY)
        defer { close(null) }
        let standIn = try StandIn("done\nown:1:2\n", passing: [null])
        #expect(Self.problem(standIn.path).hasPrefix("the process that runs sent other"))
    }
}
