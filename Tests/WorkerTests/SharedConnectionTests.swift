import Authentication
import Bytes
import ExtAuthz
import Fixtures
import HTTP1
import JOSE
import Testing
import Worker

/// What the clients of one gateway's connection lose by each other, and by a reload.
@Suite struct SharedConnectionTests {
    private static let check = "/envoy.service.auth.v3.Authorization/Check"

    private static func limits(bufferedBytes: Int) -> ConnectionLimits {
        var limits = ConnectionLimits.generous
        limits.bufferedBytes = bufferedBytes
        return limits
    }

    /// A token of about 10 kB, whose key is not there.
    private static let token = {
        var mint = TokenMint(.es256)
        (mint.claims["iat"], mint.claims["exp"]) = ("1700000000", "9000000000")
        mint.claims["filler"] = "\"\(String(repeating: "x", count: 7_500))\""
        return String(decoding: mint.token, as: UTF8.self)
    }()

    @Test func `when room is needed, only as many lose their requests as have to, the largest and of these the oldest`()
        throws
    {
        let served = try HTTP2Gateway(Self.limits(bufferedBytes: 90_000), issuers: [TokenMint.trustedIssuer()])
        let small = served.client.request("/require", [("cookie", "session=s.x")])
        let large = (0..<10).map { _ in
            let id = served.client.request("/require", [("authorization", "Bearer \(Self.token)")])
            served.settle()
            return id
        }
        let lost = large.filter { served.client.answer($0).status == 503 }
        #expect((2...6).contains(lost.count))
        #expect(lost == Array(large.prefix(lost.count)))
        #expect(served.client.answer(small).status == 0)
        #expect(served.client.goAways.isEmpty)
        served.gateway.reply(.missing)
        served.settle()
        #expect(served.client.answer(small).status == 401)
        // And again: who gave up a part is found again.
        let more = (0..<10).map { _ in
            served.client.request("/require", [("authorization", "Bearer \(Self.token)")])
        }
        served.settle()
        #expect((large + more).filter { served.client.answer($0).status == 503 }.count > lost.count + 5)
        #expect(served.client.goAways.isEmpty)
    }

    @Test func `a call that is not complete is denied when room is needed, and no error`() throws {
        let served = try HTTP2Gateway(
            Self.limits(bufferedBytes: 100_000), speaking: .calls(CheckMode(.resolve)))
        let fields = [("content-type", "application/grpc")]
        let small = served.client.request(Self.check, method: "POST", fields, body: [0], isWhole: false)
        served.settle()
        let large = served.client.request(
            Self.check, method: "POST", fields, body: [UInt8](repeating: 0, count: 150_000), isWhole: false)
        served.settle()
        let answer = served.client.answer(large)
        #expect(
            CheckMessages.words(of: Array(answer.body.dropFirst(5)))
                == ["code 14", "denied", "status 503", "retry-after=1"])
        #expect(answer.trailers == ["grpc-status: 0"])
        #expect(served.client.answer(small).status == 0 && served.client.answer(small).reset == nil)
        #expect(served.client.goAways.isEmpty)
    }

    @Test func `who is idle is told to come again, who was used last as the last, and no request is lost`()
        throws
    {
        let first = try HTTP2Gateway(Self.limits(bufferedBytes: 150_000), issuers: [TokenMint.trustedIssuer()])
        let gateways = try [first] + (1..<5).map { _ in try HTTP2Gateway(sharing: first) }
        for gateway in gateways {
            gateway.client.request("/require")
            gateway.settle()
            // A tick, so that one was used after the other.
            gateway.gateway.sweep()
        }
        first.client.request("/require")
        first.settle()
        #expect(gateways.allSatisfy { $0.client.goAways.isEmpty })
        let ids = (0..<6).map { _ in
            let id = gateways[4].client.request("/require", [("authorization", "Bearer \(Self.token)")])
            gateways[4].settle()
            return id
        }
        for gateway in gateways { gateway.settle() }
        #expect(!gateways[1].client.goAways.isEmpty)
        #expect(gateways[1].client.goAways.map(\.code) == [0] && gateways[1].gateway.isHalfClosed)
        #expect(gateways[0].client.goAways.isEmpty && gateways[4].client.goAways.isEmpty)
        #expect(ids.allSatisfy { gateways[4].client.answer($0).status == 0 })
        // What comes from who was ended is thrown away, and its socket is closed.
        gateways[1].gateway.send(bytes: [0])
        gateways[1].gateway.closeInput()
        #expect(!gateways[1].gateway.isOpen)
    }

    @Test func `a crowd of sessions that do nothing keeps nobody out`() throws {
        let first = try HTTP2Gateway(Self.limits(bufferedBytes: 100_000))
        let crowd = try (0..<50).map { _ in
            let gateway = try HTTP2Gateway(sharing: first)
            gateway.settle()
            return gateway
        }
        for gateway in crowd { gateway.settle() }
        #expect((40...48).contains(crowd.count { !$0.client.goAways.isEmpty }))
        let id = crowd[49].client.request()
        crowd[49].settle()
        #expect(crowd[49].client.answer(id).status == 200)
    }

    @Test func `a request that came while other rules did is unknown`() throws {
        let served = try HTTP2Gateway()
        let id = served.client.request("/resolve", method: "POST", [("x-api-key", "a")], body: [1], isWhole: false)
        served.settle()
        var limits = ConnectionLimits.generous
        limits.further.look(at: .apiToken, named: "x-api-key")
        served.gateway.post(
            .perform { [limits] in $0.adopt(limits, Stage.settings(), keys: KeyRing(issuers: [])) })
        // DATA with END_STREAM.
        served.gateway.send(bytes: [0, 0, 1, 0, 1, 0, 0, 0, 1, 1])
        served.settle()
        #expect(served.client.answer(id).status == 503)
        let other = served.client.request("/resolve")
        served.settle()
        #expect(served.client.answer(other).status == 200)
    }

    @Test(arguments: [false, true])
    func `a call that waited while other names became ours is not let in with one of the client's`(areOthers: Bool)
        throws
    {
        let served = try HTTP2Gateway(speaking: .calls(CheckMode(.resolve)))
        let message = CheckMessages.request([("cookie", "session=a.b"), ("x_tenant", "1")], shape: .list)
        let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: message.count >> $0) }
        let id = served.client.request(
            Self.check, method: "POST", [("content-type", "application/grpc")], body: [0] + length + message)
        served.settle()
        var settings = Stage.settings()
        if areOthers { settings.delivery.names.append("x-tenant") }
        served.gateway.post(
            .perform { [settings] in $0.adopt(.generous, settings, keys: KeyRing(issuers: [])) })
        served.gateway.reply(.missing)
        served.settle()
        let words = CheckMessages.words(of: Array(served.client.answer(id).body.dropFirst(5)))
        #expect(words.prefix(2) == (areOthers ? ["code 14", "denied"] : ["code 0", "ok"]))
    }
}
