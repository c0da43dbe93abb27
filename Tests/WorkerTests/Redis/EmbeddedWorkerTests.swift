import Authentication
import Bytes
import EventLoop
import Fixtures
import Redis
import Testing
import Worker

/// A worker with HTTP/1 and Redis together, over sockets whose other ends are the test's, turn by turn: without a thread, and
/// without waiting.
@Suite(.timeLimit(.minutes(1))) struct EmbeddedWorkerTests {
    private let request = Stage.get("/resolve", Stage.cookie)
    private let session = """
        {"id":"a8c1","app_id":"my-project","created_at":"2023-11-14T22:13:20Z","attrs":{"user_id":"e307"},\
        "authenticated_at":"2023-11-14T22:13:20Z","token_hash":"\("a8c1.secret".sha256)"}
        """
    private let user = #"{"user":{"id":"e307","is_anonymous":false,"is_verified":true},"effective_roles":[]}"#

    private func scene(cached: Bool = false) throws -> (EmbeddedGateway, EmbeddedRedis) {
        let redis = try EmbeddedRedis()
        return (try EmbeddedGateway(redis: redis, isCached: cached), redis)
    }

    /// The records of the session are read for the first time, and the request is answered.
    private func learn(_ gateway: EmbeddedGateway, _ redis: EmbeddedRedis) {
        gateway.send(request)
        redis.reply(session)
        gateway.settle()
        redis.reply(user, nil)
        gateway.settle()
        #expect(isValid(gateway.received()))
        _ = redis.asked()
    }

    private func isValid(_ answer: String) -> Bool { answer.contains("x-authgear-session-valid: true") }

    @Test func `a request asks for its records, one after another, and is answered`() throws {
        let (gateway, redis) = try scene()
        gateway.send(request)
        #expect(redis.asked() == ["GET \(Stage.sessionKey)"])
        redis.reply(session)
        gateway.settle()
        #expect(gateway.received() == "")
        #expect(redis.asked() == ["GET \(Stage.userKey) GET \(Stage.bearerUserKey)"])
        redis.reply(user)
        gateway.settle()
        #expect(isValid(gateway.received()))
    }

    @Test func `what the replies of one read ask leaves in one write`() throws {
        let (gateway, redis) = try scene()
        let other = try EmbeddedGateway(sharing: gateway)
        gateway.sendLater(request)
        other.send(Stage.get("/resolve", "Cookie: session=b.c\r\n"))
        #expect(redis.asked() == ["GET \(Stage.sessionKey) GET app:my-project:session:b"])
        redis.reply(session, nil)
        gateway.settle()
        #expect(redis.asked() == ["GET \(Stage.userKey) GET \(Stage.bearerUserKey)"])
        // That there is no record is believed when the round behind it is answered, which stands behind the user's records.
        #expect(other.received() == "")
        redis.reply(user, nil)
        gateway.settle()
        #expect(isValid(gateway.received()))
        #expect(other.received().contains("x-authgear-session-valid: false"))
    }

    @Test func `of a session that was good both records are read in one write`() throws {
        let (gateway, redis) = try scene()
        learn(gateway, redis)
        gateway.send(request)
        #expect(redis.asked() == ["GET \(Stage.sessionKey) GET \(Stage.userKey)"])
        redis.reply(session, user)
        gateway.settle()
        #expect(isValid(gateway.received()))
        #expect(redis.asked() == [])
    }

    @Test func `requests that come together share a read, and an answer only with the same cookie`() throws {
        let (first, redis) = try scene()
        learn(first, redis)
        let (second, third) = (try EmbeddedGateway(sharing: first), try EmbeddedGateway(sharing: first))
        let guess = try EmbeddedGateway(sharing: first)
        first.send(request)
        second.send(request)
        guess.send(Stage.get("/resolve", "Cookie: session=a8c1.guess\r\n"))
        third.send(request)
        #expect(redis.asked() == ["GET \(Stage.sessionKey) GET \(Stage.userKey)"])
        redis.reply(session, user)
        first.settle()
        #expect([first, second, third].allSatisfy { isValid($0.received()) })
        #expect(guess.received().contains("x-authgear-session-valid: false"))
    }

    @Test func `a change of the user's record that is told with both records has it read again`() throws {
        let (first, redis) = try scene(cached: true)
        learn(first, redis)
        redis.tell(Stage.sessionKey)
        first.settle()
        let second = try EmbeddedGateway(sharing: first)
        first.send(request)
        second.send(request)
        #expect(redis.asked() == ["GET \(Stage.sessionKey) GET \(Stage.userKey)"])
        redis.tell(Stage.userKey)
        redis.reply(session, user)
        first.settle()
        #expect(redis.asked() == ["GET \(Stage.userKey)"], "once for both")
        redis.reply(user)
        first.settle()
        #expect([first, second].allSatisfy { isValid($0.received()) })
    }

    @Test func `what was read is answered from memory until the feed tells of a change`() throws {
        let (gateway, redis) = try scene(cached: true)
        learn(gateway, redis)
        gateway.send(request)
        #expect(isValid(gateway.received()))
        #expect(redis.asked() == [])
        redis.tell(Stage.sessionKey)
        gateway.settle()
        gateway.send(request)
        #expect(redis.asked() == ["GET \(Stage.sessionKey) GET \(Stage.userKey)"])
    }

    @Test func `what the feed's owner tells wakes nobody, and is heard before a request that came with it`() throws {
        let (gateway, redis) = try scene(cached: true)
        learn(gateway, redis)
        gateway.sendLater(request)
        gateway.postLater(.changes([.records(KeyList([Stage.sessionKey]), heard: .max)]), wakes: false)
        gateway.turn()
        gateway.settle()
        #expect(redis.asked() == ["GET \(Stage.sessionKey) GET \(Stage.userKey)"])
    }

    @Test func `a change is told to the other workers and wakes none of them; the end of telling does`() throws {
        let poller = Poller()
        let follower = WorkerMailbox()
        _ = poller.add(follower.bell, as: 0, for: [.input, .edge])
        let redis = try EmbeddedRedis()
        let gateway = try EmbeddedGateway(redis: redis, isCached: true, follower: follower)
        // Lots are a millisecond apart.
        while !follower.hasMessages { gateway.settle() }
        var rings = poller.wait(milliseconds: 0)
        #expect(rings == 1, "there is a lease")
        var told: [Message] = []
        follower.take(into: &told)
        redis.tell("app:k")
        while !follower.hasMessages { gateway.settle() }
        rings = poller.wait(milliseconds: 0)
        #expect(rings == 0)
        told = []
        follower.take(into: &told)
        guard case .changes(let changes) = told.first, case .records(let keys, _) = changes.first else {
            Issue.record("it was told \(told)")
            return
        }
        #expect(keys.words == ["app:k"] && changes.count == 1 && told.count == 1)
        redis.hangUp(feed: true)
        while !follower.hasMessages { gateway.settle() }
        rings = poller.wait(milliseconds: 0)
        #expect(rings == 1)
    }

    @Test func `without the feed nothing is answered from memory`() throws {
        let (gateway, redis) = try scene(cached: true)
        learn(gateway, redis)
        redis.hangUp(feed: true)
        gateway.settle()
        gateway.send(request)
        #expect(redis.asked().joined(separator: " ").hasPrefix("GET \(Stage.sessionKey)"))
    }

    @Test func `a look-up on its way is not joined once its record was told changed`() throws {
        let (gateway, redis) = try scene(cached: true)
        let other = try EmbeddedGateway(sharing: gateway)
        gateway.send(request)
        #expect(redis.pending.count == 1)
        other.send(request)
        #expect(redis.pending.count == 1)
        redis.tell(Stage.sessionKey)
        gateway.settle()
        let third = try EmbeddedGateway(sharing: gateway)
        third.send(request)
        #expect(redis.pending.count == 2)
    }

    @Test func `what a lost connection owes is asked of the next one, once`() throws {
        let (gateway, redis) = try scene()
        gateway.send(request)
        #expect(redis.pending == [Stage.sessionKey])
        redis.hangUp()
        // The next attempt comes after a pause of some milliseconds.
        while redis.pending.isEmpty { gateway.settle() }
        #expect(redis.pending == [Stage.sessionKey])
        #expect(gateway.received() == "")
        redis.hangUp()
        gateway.settle()
        #expect(gateway.received().contains("store_disconnected"))
    }

    @Test func `a look-up on its way is asked of the server that other settings lead to`() throws {
        let (gateway, former) = try scene()
        let other = try EmbeddedRedis()
        gateway.send(request)
        #expect(former.pending == [Stage.sessionKey])
        try gateway.adopt(other)
        #expect(other.pending == [Stage.sessionKey])
        #expect(gateway.received() == "")
        other.reply(session)
        gateway.settle()
        // It began by what held before, so it begins anew.
        #expect(other.pending == [Stage.sessionKey])
        other.reply(session)
        gateway.settle()
        other.reply(user, nil)
        gateway.settle()
        #expect(isValid(gateway.received()))
    }

    @Test
    func `a session that the former server had, and the other one has not, is not valid with the other one's user`()
        throws
    {
        let (gateway, former) = try scene()
        let other = try EmbeddedRedis()
        gateway.send(request)
        former.reply(session)
        gateway.settle()
        #expect(former.pending == [Stage.userKey, Stage.bearerUserKey])
        try gateway.adopt(other)
        // The look-ups of the user are moved; the session, which is not at the other server, is asked for there all the same.
        #expect(other.pending == [Stage.userKey, Stage.bearerUserKey])
        other.reply(user, nil)
        gateway.settle()
        #expect(gateway.received() == "")
        #expect(other.pending.first == Stage.sessionKey)
        other.reply(nil)
        gateway.settle()
        while other.pending.first != nil { other.reply(nil); gateway.settle() }
        #expect(gateway.received().contains("x-authgear-session-valid: false"))
    }

    @Test func `what a former server said is not answered from memory, and the other one's changes are heard`() throws {
        let (gateway, former) = try scene(cached: true)
        learn(gateway, former)
        let other = try EmbeddedRedis()
        try gateway.adopt(other, isCached: true)
        gateway.send(request)
        #expect(other.asked() == ["GET \(Stage.sessionKey) GET \(Stage.userKey)"])
        other.reply(session, user)
        gateway.settle()
        #expect(isValid(gateway.received()))
        gateway.send(request)
        #expect(isValid(gateway.received()) && other.asked() == [])
        other.tell(Stage.sessionKey)
        gateway.settle()
        gateway.send(request)
        #expect(other.asked() == ["GET \(Stage.sessionKey) GET \(Stage.userKey)"])
    }

    @Test func `with settings that keep nothing in memory, each session is read`() throws {
        let (gateway, redis) = try scene(cached: true)
        learn(gateway, redis)
        try gateway.adopt(redis)
        for _ in 0..<2 {
            gateway.send(request)
            #expect(redis.asked() == ["GET \(Stage.sessionKey) GET \(Stage.userKey)"])
            redis.reply(session, user)
            gateway.settle()
            #expect(isValid(gateway.received()))
        }
    }
}
