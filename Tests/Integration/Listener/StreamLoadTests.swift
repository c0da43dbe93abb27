import EventLoop
import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// Many streams, many connections of HTTP/2, and who means no good by them (contract section 27).
    @Suite struct StreamLoadTests {
        private static let check = "/envoy.service.auth.v3.Authorization/Check"

        private let resolver: ResolverServer

        init() throws {
            let keys = "\(try Scratch.directory())/jwks.json"
            try Scratch.write(Mint.keySet(), to: keys)
            resolver = try ResolverServer(
                """
                issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_file: "\(keys)" }]
                sessions: { store: none }
                limits: { connections: 3000 }

                """, calls: ["/require"], level: "info")
            try resolver.becomeReady()
        }

        /// Begins a call of gRPC with a message of a few headers.
        private static func call(_ connection: StreamConnection, _ headers: [(String, String)]) -> Int32 {
            let message = CheckMessages.request(headers, shape: .list)
            let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: message.count >> $0) }
            return connection.client.request(
                check, method: "POST", [("content-type", "application/grpc"), ("te", "trailers")],
                body: [0] + length + message)
        }

        @Test func `a thousand calls at once on one connection have their answers`() throws {
            let connection = try StreamConnection(to: try #require(resolver.calls.first))
            let token = "Bearer \(try Mint.token())"
            let ids = (0..<1_000).map { number in
                Self.call(connection, number % 2 == 0 ? [("authorization", token)] : [])
            }
            for (number, answer) in try connection.answers(ids).enumerated() {
                let words = CheckMessages.words(of: Array(answer.body.dropFirst(5)))
                #expect(words.first == (number % 2 == 0 ? "code 0" : "code 16"))
                #expect(answer.trailers == ["grpc-status: 0"])
            }
        }

        @Test(.enabled(if: IdleConnectionTests.fileLimit > 3_000, "needs more open files: ulimit -Hn 4000"))
        func `2,000 connections are answered, again and again`() throws {
            let calls = try #require(resolver.calls.first)
            let connections = try (0..<2_000).map { number in
                try StreamConnection(to: number % 2 == 0 ? resolver.ipv4 : calls)
            }
            for _ in 0..<3 {
                // All at once, and only then is anything read.
                let ids = try connections.enumerated().map { number, connection in
                    let id = number % 2 == 0 ? connection.client.request("/require") : Self.call(connection, [])
                    try connection.flush()
                    return id
                }
                for (number, connection) in connections.enumerated() {
                    let answer = try connection.answers([ids[number]])[0]
                    #expect(answer.status == (number % 2 == 0 ? 401 : 200))
                    if number % 2 == 1 { #expect(answer.trailers == ["grpc-status: 0"]) }
                }
            }
            #expect(try resolver.metric("connections") == 2_000)
        }

        /// Streams that are opened and reset at once (CVE-2023-44487), in frames written by hand: a connection's share.
        private static let resets: [UInt8] = {
            var bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
            let path = Array("/require".utf8)
            let block = [0x83, 0x86, 0x41, 1, 0x61, 0x04, UInt8(path.count)] + path
            for number in 0..<1_000 {
                let id = 2 * number + 1
                let stream = [0, 0, UInt8(id >> 8), UInt8(id & 255)]
                bytes += [0, 0, UInt8(block.count), 1, 4] + stream + block
                bytes += [0, 0, 4, 3, 0] + stream + [0, 0, 0, 8]
            }
            return bytes
        }()

        @Test func `100,000 streams that are reset cost nobody else an answer`() throws {
            let calls = try #require(resolver.calls.first)
            let load = Load(
                resolver.ipv4,
                fields: ["token": "Authorization: Bearer \(try Mint.token())", "stranger": "X: y"])
            try load.waitForMore(20)
            let before = load.count("")
            for number in 0..<100 {
                let socket = try Socket.connect(to: number % 2 == 0 ? resolver.ipv4 : calls)
                // It may have ended before all is sent.
                try? socket.send(Self.resets)
                var bytes: [UInt8] = []
                while let part = try? socket.receive(), !part.isEmpty { bytes += part }
                // GOAWAY with ENHANCE_YOUR_CALM is the last that it is told.
                #expect(bytes.suffix(4) == [0, 0, 0, 11] || bytes.isEmpty)
            }
            try load.waitForMore(20)
            #expect(load.count("") > before + 40, "others were served meanwhile")
            #expect(Set(load.stop().keys) == ["token 200 true", "stranger 401 nil"])
            let connection = try StreamConnection(to: calls)
            #expect(try connection.answers([Self.call(connection, [])])[0].trailers == ["grpc-status: 0"])
        }
    }
}
