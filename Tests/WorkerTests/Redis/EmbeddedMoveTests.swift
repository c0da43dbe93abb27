import Authentication
import EventLoop
import Fixtures
import JOSE
import NIOConcurrencyHelpers
import Testing
import Worker

/// A worker whose Redis moves by a reload, over sockets whose other ends are the test's.
@Suite(.timeLimit(.minutes(1))) struct EmbeddedMoveTests {
    private let request = Stage.get("/resolve", Stage.cookie)

    private func scene() throws -> (EmbeddedGateway, former: EmbeddedRedis, other: EmbeddedRedis) {
        let redis = try EmbeddedRedis()
        return (try EmbeddedGateway(redis: redis), redis, try EmbeddedRedis())
    }

    @Test func `rules that come before their Redis are not used with the one of before`() throws {
        let (gateway, former, other) = try scene()
        gateway.post(.hold)
        gateway.post(.perform { $0.adopt(.generous, Stage.settings(appID: "other"), keys: KeyRing(issuers: [])) })
        gateway.send(request)
        #expect(former.pending == [] && gateway.received() == "")
        try gateway.adopt(other)
        #expect(other.pending == ["app:other:session:a8c1"])
    }

    @Test func `what is on its way when another Redis is announced is answered, and nobody joins it`() throws {
        let (gateway, former, other) = try scene()
        let second = try EmbeddedGateway(sharing: gateway)
        gateway.send(Stage.get("/resolve", "Cookie: session=b.c\r\n"))
        gateway.post(.hold)
        second.send(Stage.get("/resolve", "Cookie: session=b.c\r\n"))
        #expect(former.pending == ["app:my-project:session:b"])
        former.reply(nil)
        gateway.settle()
        #expect(gateway.received().contains("x-authgear-session-valid: false"))
        #expect(second.received() == "")
        try gateway.adopt(other)
        #expect(other.pending == ["app:my-project:session:b"])
    }

    @Test func `a connection that is made anew meanwhile is not asked either`() throws {
        let (gateway, former, other) = try scene()
        gateway.post(.hold)
        former.hangUp()
        while former.connections < 2 { gateway.settle() }
        gateway.send(request)
        #expect(former.pending == [] && gateway.received() == "")
        try gateway.adopt(other)
        #expect(other.pending == [Stage.sessionKey])
    }

    @Test func `a look-up that was asked once more already moves all the same, and counts as no failure`()
        throws
    {
        let (gateway, former, other) = try scene()
        gateway.send(request)
        former.hangUp()
        while former.pending.isEmpty { gateway.settle() }
        try gateway.adopt(other)
        #expect(other.pending == [Stage.sessionKey])
        #expect(gateway.received() == "")
        let failures = NIOLockedValueBox<Int?>(nil)
        gateway.post(
            .redis { client in
                let count = client.journal.figures[.session, .disconnected]
                failures.withLockedValue { $0 = count }
            })
        #expect(failures.withLockedValue(\.self) == 0)
    }

    @Test func `a look-up that has moved is asked once more when its connection is lost`() throws {
        let (gateway, former, other) = try scene()
        gateway.send(request)
        #expect(former.pending == [Stage.sessionKey])
        try gateway.adopt(other)
        other.hangUp()
        while other.pending.isEmpty { gateway.settle() }
        #expect(other.pending == [Stage.sessionKey])
        #expect(gateway.received() == "")
    }

    @Test func `where the former name leads is of no account to the connection of another`() throws {
        let (gateway, former, other) = try scene()
        let checks = NIOLockedValueBox<(isFirst: Bool, held: [@Sendable () -> Void])>((true, []))
        let path = former.directory.path + "/redis.sock"
        let names = NameService(interval: 1) { _, _, reply in
            let isFirst = checks.withLockedValue { checks in
                defer { checks.isFirst = false }
                if !checks.isFirst { checks.held.append { reply([.unix(path: path)]) } }
                return checks.isFirst
            }
            if isFirst { reply([.unix(path: path)]) }
        }
        try gateway.adopt(former, names: names)
        while checks.withLockedValue(\.held).isEmpty { gateway.settle() }
        try gateway.adopt(other)
        #expect(other.connections == 1)
        for reply in checks.withLockedValue(\.held) { reply() }
        gateway.send(request)
        #expect(other.connections == 1 && other.pending == [Stage.sessionKey])
    }

    @Test func `it counts as reachable until it is known of the other server`() throws {
        let (gateway, former, other) = try scene()
        let heard = NIOLockedValueBox<[StoreStatus]>([])
        let ask = Message.redis { client in
            client.tryRecords(of: [RecordQuery(kind: .session, key: [1])], at: 0) { status in
                heard.withLockedValue { $0.append(status) }
            }
        }
        gateway.post(.hold)
        gateway.post(ask)
        try gateway.adoptLater(other)
        gateway.postLater(ask)
        gateway.settle()
        #expect(heard.withLockedValue(\.self) == [.reachable, .reachable])
        withExtendedLifetime(former) {}
    }
}
