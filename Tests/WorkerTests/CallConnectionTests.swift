import Authentication
import EventLoop
import ExtAuthz
import Fixtures
import HTTP1
import Testing
import Worker

/// Calls of gRPC, as an event loop answers them.
@Suite struct CallConnectionTests {
    private static let check = "/envoy.service.auth.v3.Authorization/Check"
    private static let health = "/grpc.health.v1.Health/Check"

    private static func call(
        _ served: HTTP2Gateway, _ message: [UInt8], path: String = check, flag: UInt8 = 0,
        metadata: [(String, String)] = []
    ) -> Int32 {
        let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: message.count >> $0) }
        return served.client.request(
            path, method: "POST", [("content-type", "application/grpc"), ("te", "trailers")] + metadata,
            body: [flag] + length + message)
    }

    /// What a call was answered with, in words.
    private static func words(_ answer: HTTP2Client.Answer) -> [String] {
        guard answer.status == 200, !answer.body.isEmpty else {
            return [answer.value("grpc-status").map { "end \($0)" } ?? "HTTP \(answer.status)"]
        }
        return answer.trailers == ["grpc-status: 0"] ? CheckMessages.words(of: Array(answer.body.dropFirst(5))) : []
    }

    @Test(
        arguments: [
            (CheckMode(.resolve), [], [], ["code 0", "ok"]),
            (CheckMode(.require), [], [], ["code 16", "denied", "status 401", "www-authenticate=Bearer"]),
            (CheckMode(.require), [], [("x-authgear-endpoint", "resolve")], ["code 0", "ok"]),
            (
                CheckMode(.resolve), [("endpoint", "require")], [("x-authgear-endpoint", "resolve")],
                ["code 16", "denied", "status 401", "www-authenticate=Bearer"]
            ),
            (CheckMode(.resolve), [("endpoint", "x")], [], ["code 14", "denied", "status 503", "retry-after=1"]),
            (CheckMode(.resolve), [("policy", "x")], [], ["code 14", "denied", "status 503", "retry-after=1"]),
            (CheckMode(.require, policy: "x"), [], [], ["code 14", "denied", "status 503", "retry-after=1"]),
        ] as [(CheckMode, [(String, String)], [(String, String)], [String])])
    func `a stranger is answered by what is asked`(
        mode: CheckMode, extensions: [(String, String)], metadata: [(String, String)], words: [String]
    ) throws {
        let served = try HTTP2Gateway(speaking: .calls(mode))
        let id = Self.call(served, CheckMessages.request([], extensions: extensions), metadata: metadata)
        served.settle()
        #expect(Self.words(served.client.answer(id)) == words)
    }

    @Test func `a call waits for its records, and its client's names are removed then`() throws {
        let served = try HTTP2Gateway(speaking: .calls(CheckMode(.resolve)))
        let id = Self.call(
            served, CheckMessages.request([("cookie", "session=a.b"), ("x_authgear_user_id", "1")], shape: .list))
        served.settle()
        #expect(served.client.answer(id).status == 0)
        served.gateway.reply(.missing)
        served.settle()
        #expect(
            Self.words(served.client.answer(id)) == [
                "code 0", "ok", "x-authgear-session-valid=false", "remove x_authgear_user_id",
            ])
    }

    @Test func `what can't be checked is denied, and no error of the call`() throws {
        let served = try HTTP2Gateway(speaking: .calls(CheckMode(.resolve)))
        let id = Self.call(served, CheckMessages.request([("cookie", "session=a.b")]))
        served.settle()
        served.gateway.reply(.unavailable(.disconnected))
        served.settle()
        #expect(Self.words(served.client.answer(id)) == ["code 14", "denied", "status 503", "retry-after=1"])
    }

    @Test func `past its deadline no look-up is begun for a call`() throws {
        let served = try HTTP2Gateway(speaking: .calls(CheckMode(.resolve)))
        let id = Self.call(
            served, CheckMessages.request([("cookie", "session=a.b")]), metadata: [("grpc-timeout", "0n")])
        served.settle()
        #expect(served.gateway.queries == [])
        #expect(Self.words(served.client.answer(id)) == ["code 14", "denied", "status 503", "retry-after=1"])
    }

    /// Its time runs from its header list on, however late its message comes.
    @Test(arguments: [("1n", 0), ("1H", 1)])
    func `a call's time is not that of its message`(timeout: String, count: Int) throws {
        let served = try HTTP2Gateway(speaking: .calls(CheckMode(.resolve)))
        _ = Self.call(
            served, CheckMessages.request([("cookie", "session=a.b")]), metadata: [("grpc-timeout", timeout)])
        let bytes = served.client.output()
        // Behind the preface, up to the frame of the type DATA.
        var offset = 24
        while offset < bytes.count, bytes[offset + 3] != 0 {
            offset += 9 + bytes[offset..<offset + 3].reduce(0) { $0 << 8 | Int($1) }
        }
        served.gateway.send(bytes: Array(bytes[..<offset]))
        served.gateway.send(bytes: Array(bytes[offset...]))
        #expect(served.gateway.queries.count == count)
    }

    @Test func `what is too long for a client is denied`() throws {
        let served = try HTTP2Gateway(speaking: .calls(CheckMode(.resolve)))
        let long = Self.call(served, CheckMessages.request([("x", String(repeating: "a", count: 70_000))]))
        let longer = Self.call(served, CheckMessages.request([("x", String(repeating: "a", count: 300_000))]))
        let two = Self.call(
            served, CheckMessages.request([("authorization", "Bearer a"), ("authorization", "b")], shape: .list))
        served.settle()
        #expect(Self.words(served.client.answer(long)) == ["code 3", "denied", "status 431"])
        #expect(Self.words(served.client.answer(longer)) == ["code 3", "denied", "status 431"])
        #expect(Self.words(served.client.answer(two)) == ["code 3", "denied", "status 400"])
    }

    @Test func `a call that stalls, or has too much beside its message, is denied`() throws {
        var limits = ConnectionLimits.generous
        limits.headerBytes = 16 << 10
        let served = try HTTP2Gateway(limits, speaking: .calls(CheckMode(.resolve)))
        let long = Self.call(
            served, CheckMessages.request([]), metadata: [("tracestate", String(repeating: "a", count: 20_000))])
        let slow = served.client.request(
            Self.check, method: "POST", [("content-type", "application/grpc")], body: [0], isWhole: false)
        served.settle()
        served.gateway.sweep(25)
        served.settle()
        for id in [long, slow] {
            #expect(Self.words(served.client.answer(id)) == ["code 14", "denied", "status 503", "retry-after=1"])
        }
    }

    @Test func `what is no call, or none that is known, ends without a message`() throws {
        let served = try HTTP2Gateway(speaking: .calls(CheckMode(.resolve)))
        let garbage = Self.call(served, [0x0A, 5, 1])
        let compressed = Self.call(served, [], flag: 1)
        let other = Self.call(served, [], path: "/grpc.health.v1.Health/Watch")
        let empty = served.client.request(
            Self.check, method: "POST", [("content-type", "application/grpc")], body: [])
        let plain = served.client.request("/resolve")
        served.settle()
        #expect(Self.words(served.client.answer(garbage)) == ["end 3"])
        #expect(Self.words(served.client.answer(compressed)) == ["end 12"])
        #expect(Self.words(served.client.answer(other)) == ["end 12"])
        #expect(Self.words(served.client.answer(empty)) == ["end 3"])
        #expect(Self.words(served.client.answer(plain)) == ["HTTP 415"])
    }

    @Test func `health says that the end has come`() throws {
        let served = try HTTP2Gateway(speaking: .calls(CheckMode(.resolve)))
        let before = Self.call(served, [], path: Self.health)
        let unknown = Self.call(served, CheckMessages.field(1, "other"), path: Self.health)
        served.settle()
        served.gateway.end(idle: .seconds(1_000), within: .seconds(1_000))
        served.settle()
        #expect(served.client.answer(before).body == [0, 0, 0, 0, 2, 8, 1])
        #expect(Self.words(served.client.answer(unknown)) == ["end 5"])
        #expect(served.client.goAways.map(\.last) == [.max])
    }

    @Test(arguments: [
        ("grpc://127.0.0.1:4182", CheckMode(.resolve)), ("grpc://127.0.0.1:4182/require", CheckMode(.require)),
        ("grpc://[::1]:4182/policy/staff/require", CheckMode(.require, policy: "staff")),
        ("grpc+unix:/run/x.sock", CheckMode(.resolve)),
    ])
    func `an address of calls is read, and written as it was`(text: String, mode: CheckMode) throws {
        let address = try #require(try CallAddress.read(text))
        #expect(address.mode == mode)
        #expect(address.description == text)
    }

    @Test(arguments: [
        ("grpc://127.0.0.1:4182/", CallAddress.Problem.badMode), ("grpc://127.0.0.1:4182/policy/require", .badMode),
        ("grpc://127.0.0.1:4182/policy//require", .badMode), ("grpc://127.0.0.1", .badAddress(.portMissing)),
        ("grpc+unix:x", .badAddress(.badPath)),
    ])
    func `what is no address of calls is refused`(text: String, problem: CallAddress.Problem) {
        #expect(throws: problem) { try CallAddress.read(text) }
    }
}
