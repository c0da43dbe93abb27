import Bytes
import Fixtures
import JOSE
import KeySets
import Logging
import NIOCore
import NIOEmbedded
import Telemetry
import Testing

/// The service with a real fetcher: an issuer that counts what it is asked, and a file.
@Suite(.timeLimit(.minutes(5))) struct IssuerTests {
    private typealias Rings = AsyncStream<KeyRing>

    /// Runs the service on a loop whose time stands still unless the test moves it.
    private func run(
        _ source: KeySource, _ body: (KeySets, inout Rings.Iterator, NIOAsyncTestingEventLoop) async throws -> Void
    ) async throws {
        let loop = NIOAsyncTestingEventLoop()
        let (rings, continuation) = Rings.makeStream()
        let keySets = KeySets(
            .init(sources: [source], maxStale: .seconds(86_400), wait: .seconds(1)), on: loop,
            fetcher: KeyFetcher.patient(),
            log: LimitedLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
            publish: { continuation.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await keySets.run() }
            var iterator = rings.makeAsyncIterator()
            try await body(keySets, &iterator, loop)
            group.cancelAll()
            try await group.waitForAll()
        }
        await loop.shutdownGracefully()
    }

    private func find(_ kid: String, in keySets: KeySets) async -> KeyReply {
        await withCheckedContinuation { continuation in
            keySets.find(MissingKey(issuer: 0, kid: Array(kid.utf8), cause: .unknownKid)) {
                continuation.resume(returning: $0)
            }
        }
    }

    @Test func `a flood of random keys costs the issuer one fetch`() async throws {
        try await IssuerServer.serving(["/jwks": .keys("a")]) { server in
            try await run(KeySource(issuer: "i", location: .uri(server.url + "/jwks"))) { keySets, rings, _ in
                #expect(await rings.next()?.issuers[0].set?.kids == ["a"])
                let replies = await withTaskGroup(of: KeyReply.self) { group in
                    for number in 0..<5_000 { group.addTask { await find("random \(number)", in: keySets) } }
                    return await group.reduce(into: [KeyReply: Int]()) { $0[$1, default: 0] += 1 }
                }
                #expect(replies[.arrived] == nil)
                #expect(replies[.absent, default: 0] + replies[.unavailable, default: 0] == 5_000)
                #expect(server.requests.count == 2)
            }
        }
    }

    @Test func `rotated keys arrive while the old ones stay in use`() async throws {
        try await IssuerServer.serving(["/jwks": .keys("0")]) { server in
            try await run(KeySource(issuer: "i", location: .uri(server.url + "/jwks"))) { keySets, rings, loop in
                #expect(await rings.next()?.issuers[0].set?.kids == ["0"])
                for rotation in 1...10 {
                    server.set("/jwks", .keys("\(rotation)", "\(rotation - 1)"))
                    await loop.advanceTime(by: .seconds(30))
                    #expect(await find("\(rotation)", in: keySets) == .arrived)
                    #expect(await rings.next()?.issuers[0].set?.kids == ["\(rotation)", "\(rotation - 1)"])
                }
                #expect(server.requests.count == 11)
            }
        }
    }

    @Test func `a key that was denied and published since arrives when it is seen 30 seconds later`() async throws {
        try await IssuerServer.serving(["/jwks": .keys("a")]) { server in
            try await run(KeySource(issuer: "i", location: .uri(server.url + "/jwks"))) { keySets, rings, loop in
                #expect(await rings.next()?.issuers[0].set?.kids == ["a"])
                #expect(await find("b", in: keySets) == .absent)
                server.set("/jwks", .keys("a", "b"))
                await loop.advanceTime(by: .seconds(29))
                #expect(await find("b", in: keySets) == .absent)
                #expect(server.requests.count == 2)
                await loop.advanceTime(by: .seconds(1))
                #expect(await find("b", in: keySets) == .arrived)
                #expect(server.requests.count == 3)
            }
        }
    }

    @Test func `a changed file is read at once for an unknown key, and a bad one leaves the keys as they are`()
        async throws
    {
        let folder = try TemporaryFolder()
        try folder.write(jwks(["a"]), to: "jwks.json")
        try await run(KeySource(issuer: "i", location: .file(folder.path("jwks.json")))) { keySets, rings, loop in
            #expect(await rings.next()?.issuers[0].set?.kids == ["a"])
            try folder.write(jwks(["a", "b"]), to: "jwks.json", secondsAgo: 60)
            #expect(await find("b", in: keySets) == .arrived)
            #expect(await rings.next()?.issuers[0].set?.kids == ["a", "b"])
            try folder.write("{", to: "jwks.json", secondsAgo: 30)
            await loop.advanceTime(by: .milliseconds(100))
            async let reply = find("c", in: keySets)
            try await waitUntil { try await keySets.status()[0].fetches[.notKeys] != nil }
            await loop.advanceTime(by: .seconds(1))
            #expect(await reply == .unavailable)
            #expect(await find("b", in: keySets) == .arrived)
        }
    }

    @Test func `the place that messages name is without the URL's query`() {
        #expect(KeySource(issuer: "i", location: .uri("https://i.test/jwks?key=x")).place == "https://i.test/jwks")
    }
}
