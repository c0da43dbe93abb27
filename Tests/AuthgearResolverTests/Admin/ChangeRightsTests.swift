import AuthgearResolver
import EventLoop
import Logging
import NIOConcurrencyHelpers
import Testing

/// Who may change something by the admin listener (contract section 1), and what the pages say.
@Suite struct ChangeRightsTests {
    private static let loopback = ListenAddress.tcp(host: "127.0.0.1", port: 4181)

    /// A request that may, but for what a test changes in it.
    private static func request(_ edit: (inout AdminRequest) -> Void = { _ in }) -> AdminRequest {
        var request = AdminRequest("POST", "/change")
        (request.host, request.adminField) = ("127.0.0.1:4181", "1")
        edit(&request)
        return request
    }

    /// What a page of changes answers, and how often it changed something.
    private func ask(
        _ request: AdminRequest, areGiven: Bool = true, at address: ListenAddress = loopback,
        outcome: AdminPage.Outcome = .done("done")
    ) async -> (status: Int, text: String, changes: Int) {
        let changes = NIOLockedValueBox(0)
        let page = AdminPage.change("/change", rights: { ChangeRights(areGiven: areGiven, address: address) }) { _ in
            changes.withLockedValue { $0 += 1 }
            return outcome
        }
        let answer = await AdminPages([page]).answer(to: request)
        return (answer.status, String(decoding: answer.body, as: UTF8.self), changes.withLockedValue(\.self))
    }

    @Test(arguments: [
        ("127.0.0.1:4181", "127.0.0.1:4181"), ("127.0.0.1:4181", "127.0.0.1"), ("127.0.0.1:4181", "localhost:4181"),
        ("127.0.0.1:4181", "LocalHost"), ("127.0.0.2:1", "127.0.0.2:1"), ("[::1]:4181", "[::1]:4181"),
        ("[::1]:4181", "[0:0::1]"), ("[::1]:4181", "localhost"), ("[::ffff:127.0.0.1]:1", "localhost"),
        ("unix:/run/a.sock", "localhost"),
    ])
    func `who names the listener as it is reached may`(address: String, host: String) async throws {
        let answer = await ask(Self.request { $0.host = host }, at: try ListenAddress(address))
        #expect(answer == (200, "done\n", 1))
    }

    @Test(arguments: [
        "evil.example", "evil.example:4181", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.2", "[::1]",
        "0.0.0.0:4181", "2130706433", "0x7f000001", "127.1", "::1", "", ":4181", "localhost:x", "127.0.0.1:4181:4181",
        "localhost, evil.example", "[127.0.0.1]:4181",
    ])
    func `a name that somebody else owns may lead here, and may not`(host: String) async {
        let answer = await ask(Self.request { $0.host = host })
        #expect(answer == (403, "Host has to be the address of admin.listen, or localhost\n", 0))
    }

    @Test func `without exactly one Host nobody may`() async {
        #expect(await ask(Self.request { $0.host = nil }).status == 403)
    }

    @Test(arguments: [nil, "", "0", "true", "1, 1", "11"])
    func `without the field nobody may, so no page of another origin does`(value: String?) async {
        let answer = await ask(Self.request { $0.adminField = value })
        #expect(answer == (403, "the field X-Authgear-Admin: 1 is missing\n", 0))
    }

    @Test(arguments: [
        "0.0.0.0:4181", "[::]:4181", "10.0.0.1:4181", "128.0.0.1:4181", "[fe80::1]:1", "[::ffff:10.0.0.1]:1",
    ])
    func `from elsewhere nobody may, whatever he says`(address: String) async throws {
        let answer = await ask(Self.request { $0.host = "localhost" }, at: try ListenAddress(address))
        #expect(answer.status == 403 && answer.changes == 0)
        #expect(answer.text.contains("on loopback, or a Unix socket; it is \(address)"))
    }

    @Test func `without leave nobody may`() async {
        #expect(
            await ask(Self.request(), areGiven: false) == (403, "changes are off: admin.changes turns them on\n", 0))
        #expect(!Configuration().admin.changes)
    }

    @Test(arguments: ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
    func `what is not asked by POST changes nothing, with leave or without`(method: String) async {
        for areGiven in [true, false] {
            let answer = await ask(Self.request { $0.method = method }, areGiven: areGiven)
            #expect(answer == (405, "only POST\n", 0))
        }
    }

    @Test(arguments: [
        (AdminPage.Outcome.done("a"), 200), (.malformed("a"), 400), (.refused("a"), 422), (.unavailable("a"), 503),
    ])
    func `the status says what came of it`(outcome: AdminPage.Outcome, status: Int) async {
        #expect(await ask(Self.request(), outcome: outcome) == (status, "a\n", 1))
    }

    @Test(arguments: [
        ("level=debug&for=5m", Logger.Level.debug, Duration.seconds(300)), ("level=trace", .trace, .seconds(300)),
        ("for=1h&level=error", .error, .seconds(3_600)), ("level=critical&for=1s", .critical, .seconds(1)),
    ])
    func `the log's level is set for a while`(query: String, level: Logger.Level, span: Duration) async {
        let (answer, set) = await askForLevel(query)
        #expect(answer.status == 200 && set?.level == level && set?.span == span)
        #expect(String(decoding: answer.body, as: UTF8.self) == "the log's level is \(level) for \(span.text)\n")
    }

    @Test(arguments: [
        "", "level=", "level=loud", "level=DEBUG", "level", "for=5m", "level=debug&for=", "level=debug&for=0s",
        "level=debug&for=999ms", "level=debug&for=3601s", "level=debug&for=-1m", "level=debug&for=5",
        "level=debug&for=100000000000d",
    ])
    func `a level that there is not, or a time that is too long, is said`(query: String) async {
        let (answer, set) = await askForLevel(query)
        #expect(answer.status == 400 && set == nil)
    }

    private func askForLevel(
        _ query: String
    ) async -> (answer: AdminAnswer, set: (level: Logger.Level, span: Duration)?) {
        let set = NIOLockedValueBox<(Logger.Level, Duration)?>(nil)
        let page = AdminPage.logLevel(rights: { ChangeRights(areGiven: true, address: Self.loopback) }) { level, span in
            set.withLockedValue { $0 = (level, span) }
        }
        var request = AdminRequest("POST", "/loglevel?\(query)")
        (request.host, request.adminField) = ("localhost", "1")
        return (await AdminPages([page]).answer(to: request), set.withLockedValue { $0.map { (level: $0, span: $1) } })
    }
}
