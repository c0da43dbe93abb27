import AllocationCounter
import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// How long what an introspection endpoint says is remembered, and who is asked before it (contract section 19).
struct IntrospectionMemoryTests {
    private static let bearer = IntrospectionTests.bearer
    private static let valid = IntrospectionTests.valid
    private static let lasting = #"{"active":true,"sub":"u1","aud":"api"}"#
    private static let inactive = #"{"active":false}"#

    @Test func `an active token is remembered for max_age from when it was asked about, and then counts as known`() {
        var desk = IntrospectionTests.desk(saying: Self.lasting)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        desk.endpoint["opaque-1"] = .failure(.unreachable)
        desk.now = desk.now + .seconds(60)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        #expect(desk.introspections.count == 1)
        desk.now = desk.now + .microseconds(1)
        #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(.askUnreachable))
        #expect(desk.introspections.map(\.wasValid) == [false, true])
    }

    @Test func `it is remembered no longer than it lives`() {
        var desk = IntrospectionTests.desk(
            saying: #"{"active":true,"sub":"u1","aud":"api","exp":1795237803}"#)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        desk.now = desk.now + .milliseconds(2_999)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        desk.now = desk.now + .milliseconds(1)
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
        #expect(desk.refusals == ["access_token expired": 1])
    }

    @Test func `in the last fifth of its time it is asked about again while nobody waits, once`() {
        var desk = IntrospectionTests.desk(saying: Self.lasting)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        desk.now = desk.now + .milliseconds(47_999)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        #expect(desk.askInBackground() == 0)
        desk.now = desk.now + .milliseconds(1)
        for _ in 0..<3 { #expect(desk.ask(authorization: Self.bearer) == Self.valid) }
        #expect(desk.askInBackground() == 1)
        // From then on it holds for another minute.
        desk.now = desk.now + .seconds(47)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        #expect(desk.askInBackground() == 0)
        #expect(desk.introspections.count == 1)
    }

    @Test func `what came of that ends it, and a failure does not`() {
        var desk = IntrospectionTests.desk(saying: Self.lasting)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        desk.now = desk.now + .seconds(50)
        desk.endpoint["opaque-1"] = .failure(.overloaded)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        #expect(desk.askInBackground() == 1)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        #expect(desk.askInBackground() == 0)
        desk.endpoint["opaque-1"] = .success(Self.inactive)
        desk.now = desk.now + .seconds(1)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        #expect(desk.askInBackground() == 1)
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
        #expect(desk.introspections.count == 1)
    }

    @Test func `other terms of the issuer end what was remembered, and the same don't`() {
        for said in [Self.lasting, Self.inactive] {
            var desk = IntrospectionTests.desk(saying: said)
            let first = desk.ask(authorization: Self.bearer)
            var settings = desk.settings
            desk.resolver.adopt(settings)
            #expect(desk.ask(authorization: Self.bearer) == first)
            #expect(desk.introspections.count == 1)
            settings.introspectors = [IntrospectionTests.introspector(id: 8)]
            desk.resolver.adopt(settings)
            #expect(desk.ask(authorization: Self.bearer) == first)
            #expect(desk.introspections.map(\.server.id) == [7, 8])
            settings.introspectors = []
            desk.resolver.adopt(settings)
            #expect(desk.ask(authorization: Self.bearer) == Desk.none)
        }
    }

    @Test func `a token that waited over a change of terms is asked about on the new ones`() {
        for (introspector, after) in [
            (IntrospectionTests.introspector(id: 8), Desk.AfterReload.asks(8)),
            // It was presented as a credential, and is none by now.
            (nil, .answers(Desk.invalid)),
        ] {
            var desk = IntrospectionTests.desk(saying: Self.lasting)
            let change: (inout ResolverSettings) -> Void = { $0.introspectors = introspector.map { [$0] } ?? [] }
            #expect(desk.askOver(change, authorization: Self.bearer) == after)
        }
    }

    @Test(arguments: [lasting, inactive]) func `a hit allocates nothing`(said: String) {
        var desk = IntrospectionTests.desk(saying: said)
        for bearer in [Self.bearer, "Bearer " + String(repeating: "long", count: 30)] {
            desk.endpoint[String(bearer.dropFirst(7))] = .success(said)
            _ = desk.ask(authorization: bearer)
            let (request, head) = Desk.request(.resolve, authorization: bearer, cookies: [])
            let (answers, allocations) = AllocationTests.resolve(
                request, head, by: &desk.resolver, at: desk.moment, times: 100)
            #expect(answers == 100)
            #expect(allocations == 0)
        }
    }

    // Whom else a token may belong to.

    @Test func `with records a missing access grant alone leads to the endpoint`() {
        let key = "app:my-project:access-grant:" + "opaque-1".sha256
        let rows: [(RecordReply, [String], questions: Int)] = [
            (.missing, Self.valid, 1),
            (World.accessGrant(expireAt: Desk.now - .seconds(1)), Desk.invalid, 0),
            (.unavailable(.timedOut), Desk.unknown(.storeTimedOut), 0),
        ]
        for (record, lines, questions) in rows {
            var desk = Desk(store: [key: record], introspectors: [IntrospectionTests.introspector()])
            desk.endpoint["opaque-1"] = .success(Self.lasting)
            #expect(desk.ask(authorization: Self.bearer) == lines)
            #expect(desk.introspections.count == questions)
            // What the endpoint said is remembered before anybody is asked.
            desk.forgetAsked()
            #expect(desk.ask(authorization: Self.bearer) == lines)
            #expect(desk.asked.isEmpty == (questions == 1))
        }
    }

    @Test func `with Authgear as the store any invalid leads to the endpoint, and unknown ends it`() {
        let rows: [(AuthgearReply, [String], questions: Int)] = [
            (.invalid, Self.valid, 1), (.silent, Self.valid, 1),
            (.unknown(.timedOut), Desk.unknown(.authgearTimedOut), 0),
        ]
        for (reply, lines, questions) in rows {
            var desk = Desk(
                sessions: nil, asking: AuthgearRules(isStore: true), introspectors: [IntrospectionTests.introspector()])
            desk.authgear = reply
            desk.endpoint["opaque-1"] = .success(Self.lasting)
            #expect(desk.ask(authorization: Self.bearer) == lines)
            #expect(desk.introspections.count == questions)
            #expect(desk.questions.count == 1)
        }
    }

    @Test func `with Authgear as the store it is renewed by the endpoint alone`() {
        var desk = Desk(
            sessions: nil, asking: AuthgearRules(isStore: true), introspectors: [IntrospectionTests.introspector()])
        desk.authgear = .invalid
        desk.endpoint["opaque-1"] = .success(Self.lasting)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        for _ in 0..<2 {
            desk.now = desk.now + .seconds(50)
            #expect(desk.ask(authorization: Self.bearer) == Self.valid)
            #expect(desk.askInBackground() == 1)
        }
        desk.endpoint["opaque-1"] = .failure(.timedOut)
        desk.now = desk.now + .seconds(59)
        for _ in 0..<2 { #expect(desk.ask(authorization: Self.bearer) == Self.valid) }
        #expect(desk.introspections.count == 1 && desk.questions.count == 1)
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
    }

    @Test func `a prefix leads past Authgear, and API tokens come before all`() {
        var desk = Desk(introspectors: [IntrospectionTests.introspector(prefix: "opaque-")])
        desk.endpoint["opaque-1"] = .success(Self.lasting)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        #expect(desk.asked.isEmpty)
        var own = Desk(
            sessions: nil, apiTokens: [APITokenTests.token()], introspectors: [IntrospectionTests.introspector()])
        #expect(own.ask(authorization: "Bearer \(APITokenTests.secret)") == APITokenTests.valid)
        #expect(own.introspections.isEmpty)
        own.endpoint["opaque-1"] = .success(Self.lasting)
        #expect(own.ask(authorization: Self.bearer) == Self.valid)
        #expect(own.ask(authorization: "Bearer agr_nobodys") == Desk.invalid)
        #expect(own.introspections.count == 1)
    }
}
