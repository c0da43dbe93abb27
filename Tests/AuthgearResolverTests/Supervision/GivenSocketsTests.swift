import AuthgearResolver
import EventLoop
import Glibc
import Testing

/// What systemd says of the sockets that it gives.
@Suite struct GivenSocketsTests {
    /// A listening socket on loopback, closed with the object.
    private final class Opened {
        let socket: ListeningSocket

        init() throws {
            socket = try ListeningSocket.open(at: .tcp(host: "127.0.0.1", port: 0), backlog: 4)
        }

        deinit { socket.close() }
    }

    private static func given(_ environment: [String: String], first: CInt = 3) throws -> GivenSockets {
        try GivenSockets(in: { environment[$0] }, pid: 77, first: first)
    }

    @Test(arguments: [
        [:], ["LISTEN_FDS": "1"], ["LISTEN_FDS": "1", "LISTEN_PID": "78"], ["LISTEN_FDS": "1", "LISTEN_PID": "x"],
        ["LISTEN_PID": "77"], ["LISTEN_PID": "77", "LISTEN_FDS": "0"],
    ])
    func `without a number that is meant for this process there are none`(environment: [String: String]) throws {
        #expect(try Self.given(environment).sockets.isEmpty)
    }

    @Test(arguments: ["", "x", "-1", "1.0", "1025", "99999999999999999999"])
    func `what is no number of sockets is refused`(count: String) {
        let error = #expect(throws: GivenSocketError.self) {
            try Self.given(["LISTEN_PID": "77", "LISTEN_FDS": count])
        }
        #expect(error?.description.hasPrefix("LISTEN_FDS is \"\(count)\"") == true)
    }

    @Test func `each goes to the address that it listens at`() throws {
        let opened = try Opened()
        let environment = ["LISTEN_PID": "77", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "whatever"]
        let given = try Self.given(environment, first: opened.socket.descriptor)
        #expect(given.sockets.map(\.address) == [opened.socket.address])
        var configuration = Configuration()
        for key in ["listen", "admin"] {
            configuration.listen = [key == "listen" ? opened.socket.address : .tcp(host: "127.0.0.1", port: 1)]
            configuration.admin.listen = key == "admin" ? opened.socket.address : .tcp(host: "127.0.0.1", port: 2)
            let socket = try given.matched(to: configuration).open(at: opened.socket.address, backlog: 4)
            #expect(socket.descriptor == opened.socket.descriptor)
        }
    }

    @Test func `one that no address is for is an error that says which, and what to do`() throws {
        let opened = try Opened()
        let given = try Self.given(["LISTEN_PID": "77", "LISTEN_FDS": "1"], first: opened.socket.descriptor)
        var configuration = Configuration()
        configuration.listen = [.tcp(host: "127.0.0.1", port: 1)]
        configuration.admin.listen = .tcp(host: "::1", port: 2)
        let error = #expect(throws: GivenSocketError.self) { try given.matched(to: configuration) }
        #expect(
            error?.description
                == """
                given socket 1 of 1, \(opened.socket.address), is none of listen and admin.listen, which are \
                127.0.0.1:1, [::1]:2; write it there, or take its ListenStream= out of the socket unit
                """)
    }

    @Test func `one of no use is counted`() throws {
        let error = #expect(throws: GivenSocketError.self) {
            try Self.given(["LISTEN_PID": "77", "LISTEN_FDS": "2"], first: 1_000_000)
        }
        #expect(error?.description == "given socket 1 of 2 is not open")
    }
}
