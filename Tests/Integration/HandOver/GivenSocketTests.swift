import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// Sockets that the process is given as systemd gives those of a socket unit (contract section 30).
    @Suite struct GivenSocketTests {
        private static func configuration() throws -> String {
            let folder = try Scratch.directory()
            try Scratch.write("{}", to: "\(folder)/sessions.json")
            return "sessions: { store: memory, app_id: a, memory: { file: \"\(folder)/sessions.json\" } }"
        }

        /// Who connects while nobody runs is answered by who runs next.
        @Test func `they outlive the process: nobody is refused, and no file is removed`() throws {
            let resolver = try ResolverServer(Self.configuration(), givenSockets: true)
            let addresses = [resolver.unix, resolver.ipv4, resolver.ipv6]
            for address in addresses { #expect(try HTTPConnection.get(address, "/resolve").status == 200) }
            #expect(try HTTPConnection.get(resolver.admin, "/healthz").status == 200)
            resolver.process.signal(SIGTERM)
            #expect(try resolver.process.wait() == 0)

            let waiting = try addresses.map { try HTTPConnection(to: $0) }
            let monitor = try HTTPConnection(to: resolver.admin)
            for connection in waiting { try connection.send("GET /resolve HTTP/1.1\r\nHost: a\r\n\r\n") }
            try monitor.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try resolver.restart() == 0)
            for connection in waiting { #expect(try connection.response().status == 200) }
            #expect(try monitor.response().status == 200)
        }

        @Test func `an address that is not among them is bound, and its file is removed in the end`() throws {
            let folder = try Scratch.directory()
            let (given, bound) = (Address.unix("\(folder)/given.sock"), Address.unix("\(folder)/bound.sock"))
            let admin = Address.ipv4(try FreePort.take())
            // The variables are gone when the configuration is read: the level would be none otherwise.
            let process = try ResolverServer.launch(
                """
                listen: ["\(given)", "\(bound)"]
                admin: { listen: "\(admin)" }
                log: { level: "${LISTEN_FDS:-info}", format: "${LISTEN_FDNAMES:-text}" }
                \(Self.configuration())
                """, in: folder, Launch(sockets: [try Socket.listen(on: given)]))
            for address in [given, bound] {
                _ = try eventually("an answer; it wrote:\n\(process.output)") {
                    try HTTPConnection.get(address, "/resolve").status == 200 ? true : nil
                }
            }
            process.signal(SIGTERM)
            #expect(try process.wait() == 0)
            #expect(FileManager.default.fileExists(atPath: "\(folder)/given.sock"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/bound.sock"))
        }

        @Test func `one that no address is for keeps it from starting, and it says which`() throws {
            let folder = try Scratch.directory()
            let (given, other) = (Address.ipv4(try FreePort.take()), Address.ipv4(try FreePort.take()))
            let process = try ResolverServer.launch(
                """
                listen: ["\(given)"]
                admin: { listen: "127.0.0.1:\(try FreePort.take())" }
                \(Self.configuration())
                """, in: folder, Launch(sockets: try [given, other].map(Socket.listen)))
            #expect(try process.wait() == 1)
            #expect(process.output.contains("given socket 2 of 2, \(other), is none of listen and admin.listen"))
        }
    }
}
