extension Credential {
    private static func token(_ description: String, _ outcome: Outcome, _ grant: StoredGrant) -> Credential {
        .bearer(description, outcome) { grant.token }
    }

    private static func appSession(_ description: String, _ outcome: Outcome, _ grant: StoredGrant) -> Credential {
        .fields(description, outcome, ["Cookie: app_session=\(grant.appSession)"])
    }

    /// Who the users of the grants are: as of sessions, but of the other record's user.
    private static let bearerUser = Sessions.identity.map { $0.replacing("u-good", with: "u-bearer") }

    /// Opaque tokens and app sessions: contract section 9.
    static let grants: [Credential] = [
        token("an opaque token", .known(Sessions.identity), Grants.good),
        .fields(
            "an opaque token in a cookie", .known(Sessions.identity),
            ["Cookie: app_access_token=\(Grants.good.token)"]),
        appSession("an app session", .known(Sessions.identity), Grants.good),
        token("an opaque token whose refresh token is revoked", .invalid, Grants.revoked),
        appSession("an app session whose refresh token is revoked", .invalid, Grants.revoked),
        token("an opaque token past its end", .invalid, Grants.expired),
        appSession("an app session past its end", .invalid, Grants.expired),
        token("an opaque token of an idle session", .invalid, Grants.idle),
        token("an opaque token with single sign-on", .known(Sessions.identity), Grants.signedOn),
        appSession("an app session with single sign-on", .known(Sessions.identity), Grants.signedOn),
        token("an opaque token after single sign-off", .invalid, Grants.signedOff),
        appSession("an app session after single sign-off", .invalid, Grants.signedOff),
        token("an opaque token without full access", .known(Sessions.identity), Grants.narrow),
        appSession("an app session without full access", .unknown, Grants.narrow),
        token("an opaque token of a user with the other record", .known(bearerUser), Grants.bearer),
        token("an opaque token of a torn session", .unknown, Grants.unreadable),
        .fields(
            "an app session before a revoked token and session", .known(Sessions.identity), isBearer: true,
            [
                "Authorization: Bearer \(Grants.revoked.token)",
                "Cookie: session=\(Sessions.revoked.cookie); app_session=\(Grants.good.appSession)",
            ]),
        .fields(
            "a session behind three that are invalid", .known(Sessions.identity), isBearer: true,
            [
                "Authorization: Bearer \(Grants.revoked.token)",
                "Cookie: session=\(Sessions.good.cookie); app_session=x; app_access_token=\(Grants.expired.token)",
            ]),
    ]
}
