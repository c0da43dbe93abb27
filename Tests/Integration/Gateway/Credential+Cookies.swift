import Foundation

extension Credential {
    /// Session cookies: contract section 6.
    static let sessionCookies: [Credential] = [
        .cookies("a session", .known(Sessions.identity), Sessions.good.cookie),
        .cookies("a session used 29 days ago", .known(Sessions.identity), Sessions.almostIdle.cookie),
        .cookies(
            "a session that describes its user itself",
            .known([
                "session-amr: pwd", "session-authenticated-at: 1700000000", "session-valid: true",
                "user-anonymous: true", "user-can-reauthenticate: false", "user-id: u-missing", "user-roles: guest",
                "user-verified: false",
            ]), Sessions.selfDescribed.cookie),
        .cookies(
            "a session that does not say when its user signed in, of a user without roles",
            .known([
                "session-authenticated-at: \(Int(Sessions.plain.createdAt.timeIntervalSince1970))",
                "session-valid: true",
                "user-anonymous: true", "user-can-reauthenticate: true", "user-id: u-plain", "user-verified: false",
            ]), Sessions.plain.cookie),
        .cookies("a revoked session", .invalid, Sessions.revoked.cookie),
        .cookies("a session's id with another secret", .invalid, "\(Sessions.good.id).guessed"),
        .cookies("a session with another hash", .invalid, Sessions.otherSecret.cookie),
        .cookies("a session without a hash", .invalid, Sessions.noHash.cookie),
        .cookies("a session past its lifetime", .invalid, Sessions.old.cookie),
        .cookies("a session past its idle timeout", .invalid, Sessions.idle.cookie),
        .cookies("a disabled user", .invalid, Sessions.disabled.cookie),
        .cookies("a cookie without a dot", .invalid, "good"),
        .cookies("a cookie with two dots", .invalid, Sessions.good.cookie + ".x"),
        .cookies("a cookie without a value", .invalid, ""),
        .cookies("a role that would be two, in the store", .invalid, Sessions.commaRole.cookie),
        .cookies("a user that would break out, in the store", .invalid, Sessions.newline.cookie),
        .cookies("a user without a record", .unknown, Sessions.userMissing.cookie),
        .cookies("a user with a stale record", .unknown, Sessions.userStale.cookie),
        .cookies("a user with a broken record", .unknown, Sessions.userUnreadable.cookie),
        .cookies("a broken session record", .unknown, Sessions.unreadable.cookie),
        .cookies("a session record that is a hash", .unknown, Sessions.otherType.cookie),
    ]

    /// Several credentials, other ones, and none: contract section 2.
    static let combinations: [Credential] = [
        .fields("nobody", .none, []),
        .fields("Basic", .none, ["Authorization: Basic dXNlcjpwYXNz"]),
        .fields(
            "an opaque bearer token that is unknown", .invalid, isBearer: true, ["Authorization: Bearer 5d8a7f3e2c"]),
        .fields(
            "cookies of other names", .none, ["Cookie: a=1; Session=x.y; xsession=x.y; sessionx=x.y; app_sessions=x"]),
        .cookies("the same name twice, the second valid", .known(Sessions.identity), "no.thing", Sessions.good.cookie),
        .fields(
            "in the last of 40 fields, in quotes", .known(Sessions.identity),
            [String](repeating: "Cookie: a=b", count: 39) + ["Cookie: session=\"\(Sessions.good.cookie)\""]),
        .cookies("the fourth valid", .known(Sessions.identity), "a.a", "b.b", "c.c", Sessions.good.cookie),
        .cookies("the fifth valid", .invalid, "a.a", "b.b", "c.c", "d.d", Sessions.good.cookie),
        .cookies(
            "an unreadable one before a valid one", .known(Sessions.identity), Sessions.unreadable.cookie,
            Sessions.good.cookie),
        .cookies("an unreadable one before an invalid one", .unknown, Sessions.unreadable.cookie, "a.a"),
        .fields(
            "two Cookie fields", .known(Sessions.identity),
            ["Cookie: session=a.a", "Cookie: b=1; session=\(Sessions.good.cookie)"]),
        .fields(
            "a valid token and a valid session: the token", .known(Mint.identity),
            ["Cookie: session=\(Sessions.good.cookie)", "Authorization: Bearer \(try Mint.token())"]),
        .fields(
            "an expired token and a valid session: the session", .known(Sessions.identity),
            [
                "Cookie: session=\(Sessions.good.cookie)",
                "Authorization: Bearer \(try Mint.token(["exp": Mint.time(-60)]))",
            ]),
        .fields(
            "a forged token and a valid session: the session", .known(Sessions.identity),
            ["Cookie: session=\(Sessions.good.cookie)", "Authorization: Bearer \(try Mint.tamperedToken())"]),
        .fields(
            "a token that can't be checked and a valid session: the session", .known(Sessions.identity),
            [
                "Cookie: session=\(Sessions.good.cookie)",
                "Authorization: Bearer \(try Mint.token(["iss": Mint.quote(Mint.silentIssuer)]))",
            ]),
        .fields(
            "a forged token and a revoked session", .invalid, isBearer: true,
            ["Cookie: session=\(Sessions.revoked.cookie)", "Authorization: Bearer \(try Mint.tamperedToken())"]),
        .fields(
            "a forged token and a session that can't be checked", .unknown,
            ["Cookie: session=\(Sessions.unreadable.cookie)", "Authorization: Bearer \(try Mint.tamperedToken())"]),
        .fields(
            "a valid token and a session that can't be checked: the token", .known(Mint.identity),
            ["Cookie: session=\(Sessions.unreadable.cookie)", "Authorization: Bearer \(try Mint.token())"]),
        .fields(
            "Basic and a valid session: the session", .known(Sessions.identity),
            ["Cookie: session=\(Sessions.good.cookie)", "Authorization: Basic dXNlcjpwYXNz"]),
    ]
}
