import Authentication
import AuthgearResolver
import Bytes
import Fixtures
import Foundation
import JOSE
import Testing

@Suite struct CredentialInspectionTests {
    private typealias World = InspectedWorld

    private static let validHead = """
          HTTP/1.1 200 OK
          Content-Length: 0
          x-authgear-session-valid: true
          x-authgear-user-id: \(World.user)
          x-authgear-user-anonymous: false
          x-authgear-user-verified: true
          x-authgear-user-can-reauthenticate: true
          x-authgear-user-roles: stock.view
          x-authgear-session-authenticated-at: 1799913600

        """

    private static let grantLines = """
          passed   expire_at: found 2027-01-15T08:30:00.000Z, in 30m; wanted a time that has not passed
          record   app:my-project:offline-grant:g1: found
          passed   client_id: found "my-app"; wanted any: sessions.offline_grants.unlisted is allow
          passed   created_at: found 2027-01-14T08:00:00.000Z, 24h ago; wanted at most 364d ago (sessions.offline_grants: lifetime)
          passed   last_access: found 2027-01-15T07:59:00.000Z, 60s ago; wanted at most 30d ago (sessions.offline_grants: idle_timeout)
          passed   refresh_tokens: found it among 1 refresh token; wanted the one that the credential was made with

        """

    private static let userLines = """
          record   app:my-project:userinfo:\(World.user):__greatest__: found
          passed   account_status_stale_from: found none; wanted none, or a time to come; else the record counts as missing
          passed   is_disabled: found false; wanted false

        """

    @Test func `an opaque token is followed from record to record, up to the answer`() async throws {
        let report = try await World().report()
        #expect(report.isValid)
        let start = World.hash(World.token).prefix(8)
        #expect(
            report.text == "valid\n  record   app:my-project:access-grant:\(start)…: found\n" + Self.grantLines
                + Self.userLines + Self.validHead)
    }

    @Test func `an app session's cookie the same`() async throws {
        let report = try await World().report(cookie: "app_session", World.appSession)
        let start = World.hash(World.appSession).prefix(8)
        #expect(
            report.text == "valid\n  record   app:my-project:app-session:\(start)…: found\n" + Self.grantLines
                + Self.userLines + Self.validHead)
    }

    @Test func `a session's cookie the same`() async throws {
        let report = try await World().report(cookie: "session")
        #expect(
            report.text == """
                valid
                  record   app:my-project:session:s1: found
                  passed   token_hash: found this cookie's; wanted this cookie's
                  passed   created_at: found 2027-01-14T08:00:00.000Z, 24h ago; wanted at most 364d ago (sessions: lifetime)
                  passed   last_access: found 2027-01-15T07:59:00.000Z, 60s ago; wanted at most 30d ago (sessions: idle_timeout)

                """ + Self.userLines + Self.validHead)
    }

    @Test func `a JWT with session_check is explained, and then its records`() async throws {
        let report = try await World().report(on: .token(TokenMint().token))
        #expect(report.isValid)
        #expect(report.text.hasPrefix("valid\n  passed   length: found "))
        #expect(report.text.contains(#"  passed   jti: found "58aaa4d9…; wanted 64 lowercase hexadecimal digits"#))
        let chain =
            "  passed   signature: found the key's, over these bytes; wanted the key's\n"
            + "  record   app:my-project:access-grant:58aaa4d9…: found\n" + Self.grantLines
        let subject = "  passed   user_id: found \"\(World.user)\"; wanted the token's sub, \"\(World.user)\"\n"
        #expect(report.text.hasSuffix(chain + subject + Self.userLines + Self.validHead), "\(report.text)")
    }

    /// What is changed in the world, and the last line before the answer.
    struct Fault: CustomTestStringConvertible, Sendable {
        var verdict: String
        var line: String
        var cookie: String?
        var change: @Sendable (inout InspectedWorld) -> Void

        init(
            _ verdict: String, _ line: String, cookie: String? = nil,
            _ change: @escaping @Sendable (inout InspectedWorld) -> Void
        ) {
            (self.verdict, self.line, self.cookie, self.change) = (verdict, line, cookie, change)
        }

        var testDescription: String { "\(verdict): \(line)" }
    }

    @Test(arguments: [
        Fault(
            "invalid not_found",
            "  refused  the store has no record of it: it ended, was revoked, or never was (not_found)"
        ) { $0.records[World.accessGrantKey] = nil },
        Fault(
            "invalid expired",
            "  failed   expire_at: found 2027-01-15T07:00:00.000Z, 60m ago; wanted a time that has not passed (expired)"
        ) {
            $0.records[World.accessGrantKey] = World.accessGrant(
                hash: World.hash(World.token), expireAt: "2027-01-15T07:00:00Z")
        },
        Fault(
            "invalid session_not_found",
            "  refused  the session that it belongs to has ended or was revoked (session_not_found)"
        ) { $0.records[World.grantKey] = nil },
        Fault(
            "invalid client_unlisted",
            #"  failed   client_id: found "my-app"; wanted one of sessions.offline_grants.clients: unlisted is refuse (client_unlisted)"#
        ) { $0.configuration.sessions.offlineGrants.unlisted = .refuse },
        Fault(
            "invalid session_expired",
            "  failed   created_at: found 2027-01-14T08:00:00.000Z, 24h ago; wanted at most 1h ago (sessions.offline_grants: lifetime) (session_expired)"
        ) { $0.configuration.sessions.offlineGrants.limits.lifetime = .seconds(3_600) },
        Fault(
            "invalid session_idle",
            "  failed   last_access: found 2026-01-15T07:59:00.000Z, 365d ago; wanted at most 30d ago (sessions.offline_grants: idle_timeout) (session_idle)"
        ) { $0.records[World.grantKey] = World.grant(lastAccess: "2026-01-15T07:59:00Z") },
        Fault(
            "invalid refresh_token_revoked",
            "  failed   refresh_tokens: found 0 refresh tokens, none of them that one; wanted the one that the credential was made with (refresh_token_revoked)"
        ) { $0.records[World.grantKey] = World.grant(tokens: "") },
        Fault(
            "invalid sso_ended",
            "  refused  the session that the grant ends with (single sign-on) has ended or was revoked (sso_ended)"
        ) { $0.records[World.grantKey] = World.grant(sso: #""sso_enabled":true,"idp_session_id":"gone","#) },
        Fault(
            "invalid sso_ended",
            "  failed   created_at and last_access: found 2025-01-14T08:00:00.000Z, 731d ago and 2027-01-15T07:59:00.000Z, 60s ago; wanted at most 364d ago (sessions: lifetime) and at most 30d ago (sessions: idle_timeout) (sso_ended)"
        ) {
            $0.records[World.grantKey] = World.grant(sso: #""sso_enabled":true,"idp_session_id":"s1","#)
            $0.records[World.sessionKey] = World.session(createdAt: "2025-01-14T08:00:00Z")
        },
        Fault("invalid user_disabled", "  failed   is_disabled: found true; wanted false (user_disabled)") {
            $0.records[World.userKey] = World.userRecord(isDisabled: true)
        },
        Fault(
            "invalid wrong_secret",
            "  failed   token_hash: found another cookie's; wanted this cookie's (wrong_secret)", cookie: World.cookie
        ) { $0.records[World.sessionKey] = World.session(hash: World.hash("other")) },
        Fault(
            "invalid malformed_cookie",
            "  refused  the value is not <id>.<secret>, with exactly one dot (malformed_cookie)", cookie: "no dot"
        ) { _ in },
        Fault(
            "invalid header_holds_separator",
            "  failed   headers: found a list with an item that holds the list's separator; wanted values that a header can have (header_holds_separator)"
        ) {
            $0.records[World.userKey] = World.userRecord().replacing("stock.view", with: "a,b")
        },
        Fault("unknown record_unreadable", "  unknown  record_unreadable: \(UnknownReason.recordUnreadable.remedy)") {
            $0.records[World.grantKey] = "{"
        },
        Fault("unknown store_refused", "  unknown  store_refused: \(UnknownReason.storeRefused.remedy)") {
            ($0.records, $0.absence) = ([:], .unavailable(.refused))
        },
        Fault("unknown user_missing", "  unknown  user_missing: \(UnknownReason.userMissing.remedy)") {
            $0.records[World.userKey] = nil
        },
    ])
    func `what fails is said with what was found and what was wanted`(fault: Fault) async throws {
        var world = World()
        fault.change(&world)
        let report =
            if let cookie = fault.cookie { try await world.report(cookie: "session", cookie) } else {
                try await world.report()
            }
        #expect(!report.isValid)
        let lines = report.text.split(separator: "\n").map(String.init)
        #expect(lines.first == fault.verdict)
        let answer = try #require(lines.firstIndex { $0.hasPrefix("  HTTP/1.1 ") })
        #expect(lines[answer - 1] == fault.line, "\(report.text)")
        let outcome =
            fault.verdict.hasPrefix("unknown ")
            ? "  x-authgear-resolver-error: \(fault.verdict.dropFirst(8))" : "  x-authgear-session-valid: false"
        #expect(lines[answer...].contains(outcome))
        expectNoSecret(in: report.text)
    }

    @Test func `a record that is unreadable, or missing, or counts as missing, is said`() async throws {
        var world = World()
        world.records[World.userKey] = World.userRecord(more: #""account_status_stale_from":"2027-01-15T07:57:00Z","#)
        let text = try await world.report().text
        #expect(
            text.contains(
                """
                  failed   account_status_stale_from: found 2027-01-15T07:57:00.000Z, 3m ago; wanted none, or a time to come; else the record counts as missing
                  record   \(World.bearerKey): missing
                """))
        world.records[World.bearerKey] = #"{"user":5}"#
        let next = try await world.report().text
        #expect(next.contains("  record   \(World.bearerKey): unreadable: "))
    }

    @Test func `Authgear is asked where the service would ask it, and its answer decides`() async throws {
        var world = World()
        world.configuration.authgear = try authgear()
        world.records[World.userKey] = nil
        let identity = Identity(userID: Array(World.user.utf8), claims: IdentityClaims(), authenticatedAt: nil)
        let replies: [(AuthgearReply, String, String)] = [
            (.valid(identity), "valid", "valid, of the user \"\(World.user)\""),
            (.invalid, "invalid refused_by_authgear", "invalid"),
            (.unknown(.timedOut), "unknown authgear_timed_out", "no answer"),
        ]
        for (reply, verdict, words) in replies {
            world.authgear = reply
            let text = try await world.report().text
            #expect(text.hasPrefix("\(verdict)\n"))
            #expect(text.contains("\n  Authgear asked about the credential (the user's record is missing): \(words)\n"))
        }
    }

    @Test func `with Authgear as the store it is asked about everything but JWTs`() async throws {
        var world = World()
        world.configuration.sessions.store = .authgear
        world.configuration.authgear = try authgear()
        world.configuration.issuers[0].sessionCheck = .none
        world.authgear = .invalid
        let report = try await world.report()
        #expect(
            report.text == """
                invalid refused_by_authgear
                  Authgear asked about the credential (there is no other store): invalid
                  refused  Authgear says that it is invalid, or no request to Authgear can carry it (refused_by_authgear)
                  HTTP/1.1 200 OK
                  Content-Length: 0
                  x-authgear-session-valid: false

                """)
        let text = try await world.report(on: .token(TokenMint().token)).text
        #expect(text.hasPrefix("valid\n"))
        #expect(!text.contains("Authgear asked"))
    }

    @Test func `an app session of the grant itself, by the grant's own hash, needs an authorization of it`()
        async throws
    {
        var world = World()
        world.records[World.grantKey] = World.grant().replacing(
            #""token_hash":""}"#, with: #""token_hash":"\#(World.refreshToken)"}"#)
        let text = try await world.report(cookie: "app_session", World.appSession).text
        #expect(text.hasPrefix("invalid unauthorized\n"))
        #expect(text.contains("  passed   refresh_tokens: found the grant itself; wanted the grant itself"))
        #expect(text.contains("  failed   authz_id: found none; wanted one (unauthorized)\n"), "\(text)")
    }

    @Test func `an app session without full access is for Authgear to decide`() async throws {
        var world = World()
        world.records[World.grantKey] = World.grant(scopes: #""openid""#)
        let text = try await world.report(cookie: "app_session", World.appSession).text
        #expect(text.hasPrefix("unknown scope_undecided\n"))
        world.configuration.authgear = try authgear()
        world.authgear = .invalid
        let next = try await world.report(cookie: "app_session", World.appSession).text
        #expect(next.contains("(the records don't tell whether its scopes are enough): invalid\n"))
    }

    @Test func `a touch is told, and not done`() async throws {
        var world = World()
        world.configuration.authgear = try authgear()
        world.configuration.authgear?.touch = .seconds(30)
        let text = try await world.report().text
        #expect(text.contains("\n  later    the service asks Authgear in the background (touch)\n  HTTP/1.1 200 OK\n"))
    }

    @Test func `a JWT whose keys can't be had is unknown, and the checks before the key stand`() async throws {
        var world = World()
        world.hasKeys = false
        let text = try await world.report(on: .token(TokenMint().token)).text
        #expect(text.hasPrefix("unknown keys_not_loaded\n  passed   length: "))
        #expect(!text.contains("failed"))
        let stranger = try await World().report(on: .token(TokenMint(key: TestKeys.stranger).token)).text
        #expect(stranger.hasPrefix("invalid key_unknown\n"))
        #expect(stranger.contains("\n  failed   kid: found \""))
    }

    @Test func `a JWT that its own checks refuse reads no record`() async throws {
        var mint = TokenMint()
        mint.claims["exp"] = "1799999000"
        let text = try await World().report(on: .token(mint.token)).text
        #expect(text.hasPrefix("invalid expired\n"))
        #expect(!text.contains("record"))
        #expect(text.contains(" (expired)\n  HTTP/1.1 200 OK\n"))
    }

    @Test func `a JWT whose session is another user's`() async throws {
        var world = World()
        world.records[World.grantKey] = World.grant(user: "somebody")
        let text = try await world.report(on: .token(TokenMint().token)).text
        #expect(text.hasPrefix("invalid subject_mismatch\n"))
        #expect(
            text.contains("  failed   user_id: found \"somebody\"; wanted the token's sub, \"\(World.user)\" (subject"))
    }

    @Test func `what is no credential here is none, and it is said what would be`() async throws {
        var world = World()
        world.configuration.sessions.cookiePrefix = "p_"
        let other = try await world.report(cookie: "session").text
        let start = "invalid no_credential\n  none     "
        #expect(other.hasPrefix(start + "this cookie is no credential; those are \"p_app_session\", "))
        #expect(other.hasSuffix("  HTTP/1.1 200 OK\n  Content-Length: 0\n"))
        #expect(try await world.report(cookie: "p_session").isValid)
        world.configuration.sessions.store = .none
        let nothing = try await world.report().text
        #expect(nothing.hasPrefix(start + "sessions.store is none, so that only JWTs are credentials\n"))
    }

    @Test func `the answer is that of headers_compat, and its cookie that is cleared`() async throws {
        var world = World()
        world.configuration.headers.compatibility = .authgear
        world.records = [:]
        let token = try await world.report().text
        #expect(token.hasPrefix("invalid not_found\n"))
        #expect(token.hasSuffix("for session cookies\n  HTTP/1.1 200 OK\n  Content-Length: 0\n"))
        let cookie = try await world.report(cookie: "session").text
        #expect(cookie.contains("\n  Set-Cookie: session=; Path=/; Expires="))
    }

    @Test func `what no request can carry is said with its status`() async throws {
        let long = String(repeating: "a", count: Configuration().limits.headerBytes)
        let report = try await World().report(token: long)
        #expect(!report.isValid)
        #expect(report.text == "invalid bad_request\n  HTTP/1.1 431 Request Header Fields Too Large\n")
        let token = try await World().report(token: String(long.prefix(20_000))).text
        #expect(
            token.hasPrefix("invalid too_long\n  failed   length: found 20000 bytes; wanted at most 16KiB (too_long)"))
    }

    @Test(arguments: [
        ("a=b=c", "a", "b=c"), ("session=", "session", ""), ("session=\"x\"", "session", "\"x\""),
    ])
    func `a cookie is a name and a value`(text: String, name: String, value: String) throws {
        guard case .cookie(name, Array(value.utf8)) = try #require(PresentedCredential(cookie: text)) else {
            Issue.record("another cookie")
            return
        }
    }

    @Test(arguments: ["", "session", "=x"]) func `no cookie without a name`(text: String) {
        #expect(PresentedCredential(cookie: text) == nil)
    }

    @Test(arguments: ["a\r\nCookie: session=b", "a\nb", "a;b", "a\u{7F}"])
    func `a value can't become a field or a cookie of its own`(value: String) {
        #expect(PresentedCredential.cookie(name: "session", value: Array(value.utf8)).problem != nil)
        if !value.contains(";") { #expect(PresentedCredential.token(Array(value.utf8)).problem != nil) }
        #expect(PresentedCredential.token(Array("b.c;d".utf8)).problem == nil)
        #expect(PresentedCredential.token([]).problem != nil)
    }

    @Test func `hints: what came along, and a session cookie that is given as a token`() async throws {
        let bearer = try await World().report(token: "Bearer \(World.token)")
        #expect(bearer.hint == "\"bearer\" is no part of the token: it begins behind it")
        let cookie = try await World().report(token: World.cookie)
        #expect(cookie.hint?.contains("--cookie session=VALUE") == true)
        #expect(try await World().report().hint == nil)
    }

    private func expectNoSecret(in text: String) {
        for secret in [World.token, World.appSession, World.cookie] {
            #expect(!text.contains(secret) && !text.contains(World.hash(secret)), "\(text)")
        }
        #expect(!text.contains(World.refreshToken))
        #expect(!text.contains(World.cookie.dropFirst(3)))
    }

    private func authgear() throws -> Configuration.Authgear {
        let section = "authgear: { endpoint: \"https://my-project.authgear.cloud/_resolver/resolve\" }"
        return try #require(try AuthgearResolverTests.configuration(soundIssuer + section).authgear)
    }
}
