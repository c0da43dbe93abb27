import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// A row of `WorldTable`: a world, requests that all come to the same in it, and what the contract and Authgear say of them.
struct WorldRow: Sendable, CustomTestStringConvertible {
    let text: String
    let world: Substring
    let requests: [Substring]
    let ours: Outcome
    let authgear: Outcome
    /// Where the contract says what Authgear does otherwise; empty where `compat: authgear` answers the same.
    let clause: Substring

    enum Outcome: Equatable {
        /// Of this user, with every header but these.
        case valid(user: Substring, without: [Substring])
        case invalid(reason: Substring?)
        case none
        /// Why; Authgear's own answer is a 500 then, and says no reason.
        case unknown(reason: Substring?)
    }

    init(_ line: Substring) throws {
        text = String(line)
        let columns = line.split(separator: "|", omittingEmptySubsequences: false).map(Self.trimmed)
        guard columns.count == 5 else { throw Misspelt(word: line) }
        world = columns[0]
        requests = columns[1].split(separator: "/", omittingEmptySubsequences: false).map(Self.trimmed)
        ours = try Self.outcome(columns[2])
        authgear = try Self.outcome(columns[3])
        clause = columns[4]
    }

    var testDescription: String { text }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " }
        return start[..<(start.lastIndex { $0 != " " }.map { start.index(after: $0) } ?? start.startIndex)]
    }

    private static func outcome(_ text: Substring) throws -> Outcome {
        let words = text.split(separator: " ")
        switch words.first {
        case "valid": return .valid(user: words[1], without: words.dropFirst(2).map { $0.dropFirst() })
        case "invalid", "false": return .invalid(reason: words.dropFirst().first)
        case "none", "nothing": return .none
        case "unknown", "500": return .unknown(reason: words.dropFirst().first)
        default: throw Misspelt(word: text)
        }
    }
}

extension WorldRow {
    /// What a desk answers to a request.
    struct Result {
        var lines: [String]
        var reasons: Set<String>
        var requestHasSession: Bool
    }

    func ask(_ request: Substring, _ compatibility: Compatibility) throws -> Result {
        var written = WrittenWorld()
        for word in world.split(separator: " ") { try written.change(word) }
        let sent = try SentCredentials(request)
        let idleTimeout: Duration? = written.settings.contains("noidle") ? nil : .seconds(30 * 86_400)
        let limits = SessionLimits(lifetime: .seconds(364 * 86_400), idleTimeout: idleTimeout)
        let short = SessionLimits(lifetime: .seconds(60), idleTimeout: nil)
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer(sessionCheck: .grant)], keys: TokenMint.ring([SentCredentials.key]),
            sessions: Desk.rules(
                idleTimeout: idleTimeout,
                offlineGrants: OfflineGrantRules(
                    limits: limits, clients: [Array("c1".utf8): limits, Array("short".utf8): short],
                    unlisted: written.settings.contains("refuse") ? .refuse : .allow),
                missingUser: written.settings.contains("partial") ? .partial : .unavailable),
            store: written.store, compatibility: compatibility,
            asking: written.settings.contains("asked")
                ? AuthgearRules(maximumAge: .seconds(10), touchAfter: .seconds(3_600)) : nil)
        desk.resolver.trustSessions(until: .max)
        desk.authgear = authgearReply
        let lines = desk.ask(authorization: sent.authorization, cookies: sent.cookies)
        let reasons = desk.refusals.keys.map { String($0.split(separator: " ")[1]) }
        // From memory or not: the same.
        #expect(desk.ask(authorization: sent.authorization, cookies: sent.cookies) == lines, "the second time")
        return Result(lines: lines, reasons: Set(reasons), requestHasSession: sent.hasSession)
    }

    /// What Authgear says when it is asked about a credential alone.
    private var authgearReply: AuthgearReply {
        guard case .valid(let user, _) = authgear else {
            if case .unknown = authgear { return .unknown(.refused) }
            return .invalid
        }
        var claims = IdentityClaims()
        (claims.isAnonymous, claims.isVerified, claims.canReauthenticate) = (false, true, true)
        claims.roles = [Array("stock_view".utf8)]
        return .valid(
            Identity(
                userID: Array(user.utf8), claims: claims, authenticatedAt: Timestamp(seconds: 1_795_000_000)))
    }

    /// The lines of an answer with this outcome.
    ///
    /// - Parameter isAsked: Authgear's own answer is passed on, which never has an `amr`.
    static func lines(
        _ outcome: Outcome, _ compatibility: Compatibility, hasSession: Bool, isAsked: Bool
    ) -> [String] {
        switch outcome {
        case .none: return Desk.none
        case .unknown(let reason):
            return [
                "HTTP/1.1 503 Service Unavailable", "x-authgear-resolver-error: \(reason ?? "")", "Retry-After: 1",
            ]
        case .invalid:
            let clearing =
                "Set-Cookie: session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax"
            return Desk.invalid + (compatibility == .authgear && hasSession ? [clearing] : [])
        case .valid(let user, let without):
            var headers: [(word: Substring, name: String, value: Substring)] = [
                ("", "session-valid", "true"), ("", "user-id", user), ("anonymous", "user-anonymous", "false"),
                ("verified", "user-verified", "true"), ("reauthenticate", "user-can-reauthenticate", "true"),
                ("roles", "user-roles", "stock_view"),
            ]
            if compatibility == .authgear { headers.append(("amr", "session-amr", "")) }
            if compatibility == .spec, !isAsked { headers.append(("amr", "session-amr", "pwd")) }
            headers.append(("at", "session-authenticated-at", "1795000000"))
            let stated = headers.filter { !without.contains($0.word) }
            return ["HTTP/1.1 200 OK"] + stated.map { "x-authgear-\($0.name): \($0.value)" }
        }
    }
}
