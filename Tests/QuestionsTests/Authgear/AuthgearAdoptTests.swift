import Authentication
import Bytes
import Fixtures
import JOSE
import NIOConcurrencyHelpers
import NIOPosix
import Questions
import Testing

/// Another endpoint takes the place of the one that is asked.
@Suite(.timeLimit(.minutes(5))) struct AuthgearAdoptTests {
    private static let session = SHA256Digest(of: Array("session".utf8).span.bytes)

    private func endpoint(_ server: StandIn) throws -> AuthgearEndpoint {
        let url = try FetchURL("http://127.0.0.1:\(server.port)/resolve")
        return AuthgearEndpoint(
            .init(url: url, host: url.authority, timeout: .seconds(20)), group: MultiThreadedEventLoopGroup.singleton)
    }

    @Test func `what the former one has not answered is asked of the other, and its answer is not heard any more`()
        async throws
    {
        try await StandIn.serving({ _ in .silence }) { former in
            try await StandIn.serving({ _ in .valid("other") }) { other in
                try await AuthgearStage(former).run { client in
                    async let reply = client.reply(to: .bearer("a"))
                    try await waitUntil { former.questions.contains { $0.contains("Bearer a") } }
                    try await client.adopt(try endpoint(other))
                    #expect(await reply == "valid other")
                    #expect(await client.reply(to: .bearer("b")) == "valid other")
                    #expect(!former.questions.contains { $0.contains("Bearer b") })
                }
            }
        }
    }

    @Test func `what is known of the former one says nothing about the other`() async throws {
        try await StandIn.serving({ _ in .close("") }) { former in
            former.set { _ in .close("") }
            try await StandIn.serving({ _ in .valid("other") }) { other in
                try await AuthgearStage(former).run { client in
                    #expect(await client.reply(to: .bearer("a")) == "unreachable")
                    #expect(try await client.status() != nil)
                    try await client.adopt(try endpoint(other))
                    #expect(try await client.status() == nil)
                    #expect(await client.reply(to: .bearer("a")) == "valid other")
                }
            }
        }
    }

    @Test func `without anybody to ask a question fails at once, until somebody is named`() async throws {
        try await StandIn.serving({ _ in .valid("named") }) { server in
            let stage = AuthgearStage(asking: nil)
            try await stage.run { client in
                #expect(await client.reply(to: .bearer("a")) == "overloaded")
                #expect(try await client.status() == nil)
                try await client.adopt(try endpoint(server))
                #expect(await client.reply(to: .bearer("a")) == "valid named")
            }
        }
    }

    @Test func `what is asked while another is announced waits for it, and what was asked before is answered`()
        async throws
    {
        try await StandIn.serving({ _ in .valid("former") }) { former in
            try await StandIn.serving({ _ in .valid("other") }) { other in
                try await AuthgearStage(former).run { client in
                    #expect(await client.reply(to: .bearer("a")) == "valid former")
                    try await client.hold()
                    async let reply = client.reply(to: .bearer("b"))
                    // Behind it on the service's loop.
                    _ = try await client.status()
                    try await client.adopt(try endpoint(other))
                    #expect(await reply == "valid other")
                    #expect(!former.questions.contains { $0.contains("Bearer b") })
                }
            }
        }
    }

    @Test func `who waits for another that is not named any more is told so at the end`() async throws {
        try await StandIn.serving({ _ in .valid("former") }) { former in
            let reply = NIOLockedValueBox<String?>(nil)
            try await AuthgearStage(former).run { client in
                try await client.hold()
                client.ask(.bearer("a")) { heard in reply.withLockedValue { $0 = "\(heard)" } }
                _ = try await client.status()
            }
            #expect(reply.withLockedValue(\.self)?.contains("unreachable") == true)
        }
    }

    @Test func `the other one is told of a session's use although the former was just told`() async throws {
        try await StandIn.serving({ _ in .valid("former") }) { former in
            try await StandIn.serving({ _ in .valid("other") }) { other in
                try await AuthgearStage(former).run { client in
                    #expect(await client.reply(to: .bearer("a")) == "valid former")
                    try await client.adopt(try endpoint(other))
                    client.touch(Self.session, by: .bearer("a")) { _ in }
                    #expect(await client.reply(to: .bearer("b")) == "valid other")
                    try await waitUntil { other.questions.contains { $0.contains("Bearer a") } }
                }
            }
        }
    }
}
