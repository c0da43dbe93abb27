import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// How long what another server says of a cookie is remembered, and what ends it (contract section 21).
struct CookieMemoryTests {
    private static let cookie = CookieServerTests.cookie
    private static let valid = CookieServerTests.valid

    @Test func `a session is remembered for max_age from when it was asked about, and then counts as known`() {
        var desk = CookieServerTests.desk()
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
        desk.endpoint["s1"] = .failure(.unreachable)
        desk.now = desk.now + .seconds(30)
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
        #expect(desk.introspections.count == 1)
        desk.now = desk.now + .microseconds(1)
        #expect(desk.ask(cookies: [Self.cookie]) == Desk.unknown(.askUnreachable))
        #expect(desk.introspections.map(\.wasValid) == [false, true])
    }

    @Test func `in the last fifth of its time it is asked about again while nobody waits, once`() {
        var desk = CookieServerTests.desk()
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
        desk.now = desk.now + .milliseconds(23_999)
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
        #expect(desk.askInBackground() == 0)
        desk.now = desk.now + .milliseconds(1)
        for _ in 0..<3 { #expect(desk.ask(cookies: [Self.cookie]) == Self.valid) }
        #expect(desk.askInBackground() == 1)
        desk.now = desk.now + .seconds(23)
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
        #expect(desk.askInBackground() == 0)
        // What came of it ends it, and a failure does not.
        desk.now = desk.now + .seconds(2)
        desk.endpoint["s1"] = .failure(.overloaded)
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
        #expect(desk.askInBackground() == 1)
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
        desk.now = desk.now + .seconds(1)
        desk.endpoint["s1"] = nil
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
        #expect(desk.askInBackground() == 1)
        #expect(desk.ask(cookies: [Self.cookie]) == Desk.invalid)
        #expect(desk.introspections.count == 1)
    }

    @Test func `one that comes after a credential that waits is renewed as well`() {
        var desk = CookieServerTests.desk()
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
        desk.now = desk.now + .seconds(24)
        #expect(desk.ask(cookies: [CookieServerTests.name + "=s2; " + Self.cookie]) == Self.valid)
        #expect(desk.introspections.count == 2)
        #expect(desk.askInBackground() == 1)
        desk.now = desk.now + .seconds(23)
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
        #expect(desk.introspections.count == 2)
    }

    @Test func `one that was valid a moment ago counts as known, however many were after it`() {
        var desk = CookieServerTests.desk(caches: CacheBound(entries: 20_000, bytes: 64 << 20))
        #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
        for number in 0..<9_000 {
            desk.endpoint["t\(number)"] = .success(CookieServerTests.me)
            #expect(desk.ask(cookies: ["\(CookieServerTests.name)=t\(number)"]) == Self.valid)
        }
        desk.now = desk.now + .seconds(31)
        desk.introspections = []
        desk.endpoint["s1"] = .failure(.unreachable)
        for _ in 0..<2 { #expect(desk.ask(cookies: [Self.cookie]) == Desk.unknown(.askUnreachable)) }
        // What is no longer valid is not.
        desk.endpoint["s1"] = nil
        for _ in 0..<2 {
            #expect(desk.ask(cookies: [Self.cookie]) == Desk.invalid)
            desk.now = desk.now + .seconds(6)
        }
        #expect(desk.introspections.map(\.wasValid) == [true, true, true, false])
    }

    @Test func `what is remembered dies where its definition changed, and there alone`() {
        var desk = CookieServerTests.desk([CookieServerTests.server("a", id: 1), CookieServerTests.server("b", id: 2)])
        for cookie in ["a=s1", "b=s1"] { #expect(desk.ask(cookies: [cookie]) == Self.valid) }
        for cookie in ["a=x", "b=x"] { #expect(desk.ask(cookies: [cookie]) == Desk.invalid) }
        #expect(desk.introspections.count == 4)
        var settings = desk.settings
        settings.cookieServers = [CookieServerTests.server("b", id: 2), CookieServerTests.server("a", id: 3)]
        desk.resolver.adopt(settings)
        for cookie in ["b=s1", "b=x"] { _ = desk.ask(cookies: [cookie]) }
        #expect(desk.introspections.count == 4)
        #expect(desk.ask(cookies: ["a=s1"]) == Self.valid)
        #expect(desk.ask(cookies: ["a=x"]) == Desk.invalid)
        #expect(desk.introspections.dropFirst(4).map(\.server.id) == [3, 3])
        settings.cookieServers = []
        desk.resolver.adopt(settings)
        #expect(desk.ask(cookies: ["a=s1; b=s1"]) == Desk.none)
    }

    @Test func `one that waited over a change of its definition is asked about on the new one`() {
        for (server, after) in [
            (CookieServerTests.server(id: 6), Desk.AfterReload.asks(6)),
            // It was presented as a credential, and is none by now.
            (nil, .answers(Desk.invalid)),
        ] {
            var desk = CookieServerTests.desk()
            #expect(
                desk.askOver({ $0.cookieServers = server.map { [$0] } ?? [] }, cookies: [Self.cookie]) == after)
        }
    }

    @Test func `with Authgear as the store it is renewed as well, at once and after a session that waits`() {
        var desk = Desk(
            sessions: nil, asking: AuthgearRules(isStore: true), cookieServers: [CookieServerTests.server()])
        desk.endpoint["s1"] = .success(CookieServerTests.me)
        desk.authgear = .invalid
        for before in ["", "session=a.b; "] {
            desk.introspections = []
            desk.now = desk.now + .seconds(60)
            #expect(desk.ask(cookies: [Self.cookie]) == Self.valid)
            desk.now = desk.now + .seconds(24)
            #expect(desk.ask(cookies: [before + Self.cookie]) == Self.valid)
            #expect(desk.askInBackground() == 1)
            desk.now = desk.now + .seconds(23)
            #expect(desk.ask(cookies: [before + Self.cookie]) == Self.valid)
            #expect(desk.introspections.count == 1)
        }
        // Authgear was asked about the session alone.
        #expect(desk.questions.count == 2)
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
    }

    @Test func `a hit allocates nothing, whether it is valid or not`() {
        var desk = CookieServerTests.desk([CookieServerTests.server("other", id: 1), CookieServerTests.server(id: 2)])
        for cookie in [Self.cookie, "a=b; \(CookieServerTests.name)=" + String(repeating: "long", count: 300)] {
            _ = desk.ask(cookies: [cookie])
            let (request, head) = Desk.request(.resolve, authorization: nil, cookies: [cookie])
            let (answers, allocations) = AllocationTests.resolve(
                request, head, by: &desk.resolver, at: desk.moment, times: 100)
            #expect(answers == 100)
            #expect(allocations == 0)
        }
    }
}
