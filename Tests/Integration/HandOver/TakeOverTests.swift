import EventLoop
import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// `serve --take-over`: a process follows another one (contract section 30).
    @Suite struct TakeOverTests {
        private static func configuration() throws -> String {
            let folder = try Scratch.directory()
            try Scratch.write("{}", to: "\(folder)/sessions.json")
            return "sessions: { store: memory, app_id: a, memory: { file: \"\(folder)/sessions.json\" } }"
        }

        private static func answers(_ resolver: ResolverServer) throws {
            for address in [resolver.unix, resolver.ipv4, resolver.ipv6] {
                #expect(try HTTPConnection.get(address, "/resolve").status == 200, "\(address)")
            }
            #expect(try HTTPConnection.get(resolver.admin, "/readyz").body == "ready\n")
        }

        private static func exists(_ address: Address) -> Bool {
            FileManager.default.fileExists(atPath: "\(address)".replacing("unix:", with: ""))
        }

        @Test func `the next one answers everywhere and is controlled, and the last one removes the files`() throws {
            let resolver = try ResolverServer(Self.configuration(), control: true)
            try resolver.becomeReady()
            let (first, idle) = (resolver.process, try HTTPConnection(to: resolver.unix))
            #expect(try idle.get("/resolve").status == 200)
            for _ in 0..<2 {
                let before = resolver.process
                #expect(try resolver.takeOver() == 0, "\(before.output)")
                #expect(before.output.contains("process \(resolver.process.pid) has taken over"))
                try Self.answers(resolver)
                #expect(Self.exists(resolver.unix))
                let (status, output) = try resolver.reload()
                #expect(status == 0 && output.contains("configuration 2"), "\(output)")
                #expect(resolver.process.output.contains("the configuration was reloaded"))
            }
            #expect(first.status() == 0)
            resolver.process.signal(SIGTERM)
            #expect(try resolver.process.wait() == 0)
            for address in [resolver.unix, .unix(resolver.control)] { #expect(!Self.exists(address)) }
        }

        @Test func `if it ends before it is ready, the one that runs goes on as if nothing had been`() throws {
            let redis = try RedisServer()
            // Listens, and never says a word: the keys are tried for as long as a fetch may take.
            let silence = Address.ipv4(try FreePort.take())
            let mute = try Socket.listen(on: silence)
            let resolver = try ResolverServer(
                "sessions: { store: redis, app_id: a, redis: { url: \"\(redis.url)\" } }", control: true)
            try resolver.becomeReady()
            let text = try Scratch.read(resolver.path)
            for signal in [SIGKILL, SIGTERM] {
                try Scratch.write(
                    text + """

                        issuers: [{ issuer: "\(Mint.issuer)", audiences: [a], jwks_uri: "http://\(silence)/jwks" }]
                        """, to: resolver.path)
                let next = try resolver.successor()
                _ = try eventually("the sockets to be handed over") {
                    resolver.process.output.contains("process \(next.pid) asks for the sockets") ? true : nil
                }
                next.signal(signal)
                _ = try next.wait()
                _ = try eventually("that to be noticed") {
                    resolver.process.output.contains("process \(next.pid) has ended before") ? true : nil
                }
                try Self.answers(resolver)
                #expect(resolver.process.status() == nil && Self.exists(resolver.unix))
            }
            withExtendedLifetime(mute) {}
            try Scratch.write(text, to: resolver.path)
            #expect(try resolver.takeOver() == 0)
            try Self.answers(resolver)
        }

        @Test(arguments: [SIGKILL, SIGTERM])
        func `if the one that runs ends before, the next one goes on with its sockets`(signal: Int32) throws {
            let silence = Address.ipv4(try FreePort.take())
            let mute = try Socket.listen(on: silence)
            let resolver = try ResolverServer(Self.configuration(), control: true)
            try resolver.becomeReady()
            let text = try Scratch.read(resolver.path)
            try Scratch.write(
                text + """

                    issuers: [{ issuer: "\(Mint.issuer)", audiences: [a], jwks_uri: "http://\(silence)/jwks" }]
                    """, to: resolver.path)
            let former = resolver.process
            let next = try resolver.successor()
            _ = try eventually("the sockets to be handed over") {
                former.output.contains("process \(next.pid) asks for the sockets") ? true : nil
            }
            former.signal(signal)
            _ = try former.wait()
            for address in [resolver.unix, resolver.ipv4, resolver.ipv6] {
                _ = try eventually("an answer; it wrote:\n\(next.output)") {
                    try HTTPConnection.get(address, "/resolve").status == 200 ? true : nil
                }
            }
            #expect(next.output.contains("the process that ran has ended before"), "\(next.output)")
            #expect(try HTTPConnection.get(resolver.admin, "/healthz").status == 200)
            next.signal(SIGTERM)
            #expect(try next.wait() == 0)
            for address in [resolver.unix, .unix(resolver.control)] { #expect(!Self.exists(address)) }
            withExtendedLifetime(mute) {}
        }

        @Test func `one that lacks what the one that runs has does not follow it`() throws {
            let redis = try RedisServer()
            let resolver = try ResolverServer(
                "sessions: { store: redis, app_id: a, redis: { url: \"\(redis.url)\" } }", control: true)
            try resolver.becomeReady()
            let (text, nowhere) = (try Scratch.read(resolver.path), try FreePort.take())
            try Scratch.write(text.replacing(redis.url, with: "redis://127.0.0.1:\(nowhere)"), to: resolver.path)
            let next = try resolver.successor()
            #expect(try next.wait() == 1)
            #expect(next.output.contains("the process that runs goes on"), "\(next.output)")
            #expect(next.output.contains("session store: "), "\(next.output)")
            try Self.answers(resolver)
            // Where that one is no better off, the next one is not kept from following.
            redis.kill()
            _ = try eventually("the store to be missing") {
                try HTTPConnection.get(resolver.admin, "/readyz").status == 503 ? true : nil
            }
            #expect(try resolver.takeOver() == 0)
        }

        @Test func `addresses may differ: others are bound, and what is not wanted is closed`() throws {
            let resolver = try ResolverServer(Self.configuration(), control: true)
            try resolver.becomeReady()
            let other = Address.ipv4(try FreePort.take())
            let text = try Scratch.read(resolver.path)
            try Scratch.write(text.replacing("\"\(resolver.ipv6)\"", with: "\"\(other)\""), to: resolver.path)
            #expect(try resolver.takeOver() == 0)
            for address in [resolver.unix, resolver.ipv4, other] {
                #expect(try HTTPConnection.get(address, "/resolve").status == 200)
            }
            #expect(throws: WireError.self) { try Socket.connect(to: resolver.ipv6) }
        }

        @Test func `sockets that were given are handed on, and their files are nobody's to remove`() throws {
            let resolver = try ResolverServer(Self.configuration(), control: true, givenSockets: true)
            try resolver.becomeReady()
            #expect(try resolver.takeOver() == 0)
            try Self.answers(resolver)
            resolver.process.signal(SIGTERM)
            #expect(try resolver.process.wait() == 0)
            #expect(Self.exists(resolver.unix) && !Self.exists(.unix(resolver.control)))
        }

        @Test func `without one that can be asked it says why, with status 2`() throws {
            let resolver = try ResolverServer(Self.configuration(), control: false)
            try resolver.becomeReady()
            let next = try resolver.successor()
            #expect(try next.wait() == 2)
            #expect(next.output.contains("admin.control names no socket"))
            let path = "\(try Scratch.directory())/nobody.sock"
            let text = try Scratch.read(resolver.path)
            try Scratch.write(text.replacing("admin: { ", with: "admin: { control: \"\(path)\", "), to: resolver.path)
            let lonely = try resolver.successor()
            #expect(try lonely.wait() == 2)
            #expect(lonely.output.contains("nobody can be asked at \(path): no such file"), "\(lonely.output)")
            try Self.answers(resolver)
        }

        @Test func `another user is not heard, and does not hear`() throws {
            let resolver = try ResolverServer(Self.configuration(), control: true)
            try resolver.becomeReady()
            // Only root can be somebody else.
            guard getuid() == 0 else { return }
            for mode in ["0600", "0666"] {
                let change = ["-c", "chmod \(mode) \"$0\"", resolver.control]
                _ = try ChildProcess("/bin/sh", change, in: Scratch.directory()).wait()
                let next = try ChildProcess(
                    "/usr/bin/setpriv",
                    [
                        "--reuid=65534", "--clear-groups", try #require(Program.resolver), "serve", "--take-over",
                        "--config", resolver.path,
                    ], in: Scratch.directory())
                #expect(try next.wait() == 2, "\(next.output)")
                let words = mode == "0600" ? "permission denied" : "user 0's and this one user 65534's"
                #expect(next.output.contains(words), "\(next.output)")
            }
            try Self.answers(resolver)
        }

        @Test func `another protocol is told to stop and start`() throws {
            let resolver = try ResolverServer(Self.configuration(), control: true)
            let socket = try Socket.connect(to: .unix(resolver.control))
            try socket.send("authgear-resolver 99 take-over\n")
            let reply = try #require(String(validating: socket.receive(), as: UTF8.self))
            #expect(reply.hasPrefix("unavailable\n") && reply.contains("stop and start it"), "\(reply)")
            try resolver.becomeReady()
        }
    }
}
