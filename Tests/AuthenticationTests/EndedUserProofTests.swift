import Authentication
import Bytes
import Testing

/// What is believed of the store while a user's record that has ended serves on: that it has none takes no proof, for which
/// whoever is active would wait. Whatever is decided by it takes one.
struct EndedUserProofTests {
    private typealias Ended = EndedUserTests

    /// Somebody whose record has ended by itself.
    private static func desk(isTold: Bool = true) -> Desk {
        var desk = Ended.desk()
        desk.pass(Ended.lifetime)
        if isTold { desk.lose(Desk.userKey) } else { desk.store[Desk.userKey] = nil }
        desk.forgetAsked()
        return desk
    }

    @Test(arguments: [true, false]) func `while it serves on nobody waits for a proof`(isTold: Bool) {
        var desk = Self.desk(isTold: isTold)
        #expect(desk.ask(cookies: Ended.cookies) == Desk.valid)
        #expect(desk.asked == [Desk.sessionKey, Desk.userKey, Desk.bearerUserKey])
        #expect(desk.asksAhead.contains(Desk.userKey) && desk.asksAhead.contains(Desk.bearerUserKey), "in one trip")
        #expect(desk.proven.isEmpty)
    }

    @Test func `the second time both are read in one trip, too`() {
        var desk = Self.desk()
        for _ in 0..<2 {
            desk.forgetAsked()
            #expect(desk.ask(cookies: Ended.cookies) == Desk.valid)
            #expect(desk.asksAhead.prefix(2) == [Desk.userKey, Desk.bearerUserKey])
            #expect(desk.proven.isEmpty && desk.provenAhead.isEmpty)
            desk.pass(.milliseconds(1_001))
        }
    }

    @Test func `while nobody tells of changes it takes a proof`() {
        var desk = Self.desk()
        desk.resolver.distrustSessions()
        #expect(desk.ask(cookies: Ended.cookies) == Desk.valid)
        #expect(desk.proven == [Desk.userKey, Desk.bearerUserKey])
    }

    @Test func `the one that is as good is used when it is there`() {
        var desk = Self.desk()
        desk.store[Desk.bearerUserKey] = Desk.user(roles: ["new"])
        #expect(desk.ask(cookies: Ended.cookies).contains("x-authgear-user-roles: new"))
        #expect(desk.proven == [Desk.userKey], "the first counts, if it is there")
    }

    @Test func `what has come meanwhile is used`() {
        var desk = Self.desk()
        desk.store[Desk.userKey] = Desk.user(roles: ["new"])
        #expect(desk.ask(cookies: Ended.cookies).contains("x-authgear-user-roles: new"))
    }

    @Test func `once it serves no longer it takes a proof to ask Authgear`() {
        var desk = Self.desk()
        desk.pass(.seconds(4))
        desk.authgear = .valid(Ended.identity())
        #expect(desk.ask(cookies: Ended.cookies).contains("x-authgear-user-id: e307"))
        #expect(desk.proven == [Desk.userKey, Desk.bearerUserKey, Desk.userKey])
    }

    @Test func `a record that goes before its end takes a proof, also where the one before served on`() {
        var desk = Self.desk()
        #expect(desk.ask(cookies: Ended.cookies) == Desk.valid)
        desk.store[Desk.userKey] = Desk.user(roles: ["new"]).ending(at: desk.moment.steady(after: Ended.lifetime))
        desk.resolver.recordChanged(Array(Desk.userKey.utf8), now: desk.moment)
        #expect(desk.ask(cookies: Ended.cookies).contains("x-authgear-user-roles: new"))
        desk.lose(Desk.userKey)
        desk.forgetAsked()
        _ = desk.ask(cookies: Ended.cookies)
        #expect(desk.proven == [Desk.userKey, Desk.bearerUserKey])
    }
}
