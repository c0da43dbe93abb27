import Foundation

/// A few users, sessions and grants, drawn at random: mostly as they should be, often just within or beyond a limit, now and
/// then nonsense. Its ids have its number in them, so that many worlds are in one store.
struct RandomWorld {
    enum RecordName: Hashable {
        case session(String)
        case grant(String)
        case access(String)
        case app(String)
        case user(String)
    }

    let settings: WorldSettings
    let users: [String]
    let sessionIDs: [String]
    let grantIDs: [String]
    /// The opaque tokens, and the values of app sessions.
    let tokens: [String]
    let appValues: [String]

    private(set) var sessions: [String: Stored<SessionFacts>] = [:]
    private(set) var grants: [String: Stored<GrantFacts>] = [:]
    private(set) var access: [String: Stored<AccessFacts>] = [:]
    private(set) var apps: [String: Stored<AppFacts>] = [:]
    private(set) var greatest: [String: Stored<UserFacts>] = [:]
    private(set) var bearers: [String: Stored<UserFacts>] = [:]

    init(_ number: Int, _ settings: WorldSettings, _ draw: inout Draw, now: Int64) {
        self.settings = settings
        func ids(_ letter: String, _ count: Int64) -> [String] { (0..<count).map { "\(letter)\(number)-\($0)" } }
        var users = ids("u", draw.number(1...3))
        if draw.chance(2) { users.append("u\(number)\nx-authgear-user-roles: admin") }
        self.users = users
        sessionIDs = ids("s", draw.number(1...3))
        grantIDs = ids("g", draw.number(1...3))
        tokens = ids("t", draw.number(2...4))
        appValues = ids("a", draw.number(1...3))
        for name in names { change(name, &draw, now: now) }
    }

    /// All its records.
    var names: [RecordName] {
        users.map { .user($0) } + sessionIDs.map { .session($0) } + grantIDs.map { .grant($0) }
            + tokens.map { .access($0) } + appValues.map { .app($0) }
    }

    static func secret(ofSession id: String) -> String { "\(id).secret" }

    /// Draws a record anew; of a user, what both records say: Authgear purges them together, and writes each from the same
    /// facts at another time.
    mutating func change(_ name: RecordName, _ draw: inout Draw, now: Int64) {
        switch name {
        case .session(let id): sessions[id] = stored(session(id, &draw, now: now), &draw)
        case .grant(let id): grants[id] = stored(grant(id, &draw, now: now), &draw)
        case .access(let token): access[token] = stored(accessGrant(&draw, now: now), &draw)
        case .app(let value): apps[value] = stored(app(&draw, now: now), &draw)
        case .user(let id):
            var facts = Self.user(&draw)
            if draw.chance(20) { facts.staleFrom = Self.end(&draw, now: now) }
            greatest[id] = stored(facts, missing: 20, &draw)
            facts.staleFrom = draw.chance(20) ? Self.end(&draw, now: now) : nil
            bearers[id] = stored(facts, missing: 50, &draw)
        }
    }

    /// Takes a record out, as a log-out does, a revocation or a purge.
    mutating func remove(_ name: RecordName) {
        switch name {
        case .session(let id): sessions[id]?.condition = .missing
        case .grant(let id): grants[id]?.condition = .missing
        case .access(let token): access[token]?.condition = .missing
        case .app(let value): apps[value]?.condition = .missing
        case .user(let id):
            greatest[id]?.condition = .missing
            bearers[id]?.condition = .missing
        }
    }

    private func stored<Value>(_ value: Value, missing: Int = 4, _ draw: inout Draw) -> Stored<Value> {
        var condition = RecordCondition.right
        if draw.chance(missing) {
            condition = .missing
        } else if draw.chance(4) {
            condition = draw.one(of: [.torn, .unfit, .unfit, .unfit, .nameless, .hash])
        } else if draw.chance(1), draw.chance(20) {
            // Few: the connection to the store is closed for it.
            condition = .other
        }
        return Stored(condition: condition, flaw: Int(draw.number(0...1_000)), hasMore: draw.chance(20), value: value)
    }

    // MARK: Times

    /// How long ago something was that must not be longer ago than a limit: mostly much less, else about that.
    private static func age(within limit: Int64?, _ draw: inout Draw) -> Int64 {
        let second = WorldSettings.second
        guard let limit else { return draw.number(second...400 * WorldSettings.day) }
        guard draw.chance(15) else { return draw.number(second...limit / 2) }
        let span = draw.one(of: [1, 1_000, second, 10 * second, 60 * second, 600 * second])
        return min(limit, limit - span + (draw.chance(50) ? 2 * span : 0)) + (draw.chance(50) ? span : 0)
    }

    /// When something ends: mostly later, else about now.
    private static func end(_ draw: inout Draw, now: Int64) -> Int64 {
        let second = WorldSettings.second
        guard draw.chance(12) else { return now + draw.number(300 * second...WorldSettings.day) }
        let span = draw.one(of: [1, 1_000, second, 30 * second, 600 * second])
        return draw.chance(50) ? now + span : now - span
    }

    // MARK: Records

    private func session(
        _ user: String, _ limits: WorldSettings.Limits, _ draw: inout Draw, now: Int64
    ) -> SessionFacts {
        let createdAt = now - Self.age(within: limits.lifetime, &draw)
        return SessionFacts(
            user: user, hashOf: nil, createdAt: createdAt,
            authenticatedAt: draw.chance(85) ? createdAt - draw.number(0...WorldSettings.day) : nil,
            lastAccess: draw.chance(96) ? now - Self.age(within: limits.idle, &draw) : nil, claims: Self.claims(&draw))
    }

    private func session(_ id: String, _ draw: inout Draw, now: Int64) -> SessionFacts {
        var facts = session(draw.one(of: users), settings.sessions, &draw, now: now)
        let secret = Self.secret(ofSession: id)
        facts.hashOf = draw.chance(94) ? secret : draw.one(of: ["", secret + "s", nil])
        return facts
    }

    private static func claims(_ draw: inout Draw) -> ClaimFacts {
        var claims = ClaimFacts()
        if draw.chance(80) { claims.amr = draw.one(of: [["pwd"], ["pwd", "mfa"], ["otp", "x_device"]]) }
        let isWhole = draw.chance(10)
        let isPartial = draw.chance(20)
        if isWhole || isPartial && draw.chance(60) { claims.isAnonymous = draw.chance(50) }
        if isWhole || isPartial && draw.chance(60) { claims.isVerified = draw.chance(50) }
        if isWhole || isPartial && draw.chance(60) { claims.canReauthenticate = draw.chance(50) }
        if isWhole || isPartial && draw.chance(60) {
            claims.roles = draw.one(of: [[], ["guest"], ["guest", "member"]])
        }
        return claims
    }

    /// The hashes of a grant's refresh token: the initial one, and what it was rotated to.
    private static func hash(_ grant: String, token: Int64, rotation: Int64) -> String {
        "\(grant)/\(token)/\(rotation)"
    }

    private func grant(_ id: String, _ draw: inout Draw, now: Int64) -> GrantFacts {
        let client = draw.one(of: ["c1", "c1", "c1", "c2", "c3", "c3", ""])
        let limits =
            settings.grants(of: client) ?? WorldSettings.Limits(lifetime: WorldSettings.day, idle: WorldSettings.day)
        let hasSSO: Bool? = draw.one(of: [true, true, false, nil])
        var facts = GrantFacts(
            session: session(draw.one(of: users), limits, &draw, now: now), client: client, singleSignOn: hasSSO,
            idpSession: draw.chance(90) ? draw.one(of: sessionIDs) : draw.one(of: ["", nil, "s-of-nobody"]),
            tokens: [], hashOf: "", authorization: draw.chance(15) ? "9b1e" : "", scopes: .null)
        if draw.chance(15) { facts.scopes = draw.one(of: [.full, .narrow]) }
        if draw.chance(15) { facts.hashOf = draw.one(of: ["\(id)/top", Self.hash(id, token: 0, rotation: 0)]) }
        var tokens = (0..<draw.number(1...3)).map { number in
            let rotations = draw.one(of: [0, 0, 1, 2])
            return GrantFacts.RefreshToken(
                initial: Self.hash(id, token: number, rotation: 0),
                rotated: rotations == 0 ? nil : Self.hash(id, token: number, rotation: Int64(rotations)),
                scopes: draw.one(of: [.full, .full, .full, .full, .narrow, .null]))
        }
        if draw.chance(8) { tokens.removeFirst() }
        if draw.chance(8), let first = tokens.first { tokens.append(first) }
        facts.tokens = draw.chance(96) ? draw.shuffled(tokens) : nil
        return facts
    }

    /// Which refresh token of a grant a credential was made with.
    private func refreshToken(of grant: String, _ draw: inout Draw) -> String? {
        if draw.chance(75) { return Self.hash(grant, token: 0, rotation: 0) }
        let token = draw.number(0...3)
        return draw.one(of: [
            "", "", nil, "\(grant)/top", Self.hash(grant, token: token, rotation: 0),
            Self.hash(grant, token: token, rotation: 1), Self.hash(grant, token: token, rotation: 2),
        ])
    }

    private func accessGrant(_ draw: inout Draw, now: Int64) -> AccessFacts {
        let grant = draw.chance(97) ? draw.one(of: grantIDs) : "g-of-nobody"
        let refreshToken = refreshToken(of: grant, &draw)
        let end = Self.end(&draw, now: now)
        if draw.chance(2) {
            return AccessFacts(
                kind: "client_session", session: grant, expireAt: max(end, now + WorldSettings.day),
                refreshToken: refreshToken)
        }
        if draw.chance(20) {
            let session = draw.chance(97) ? draw.one(of: sessionIDs) : "s-of-nobody"
            return AccessFacts(kind: "idp_session", session: session, expireAt: end, refreshToken: refreshToken)
        }
        return AccessFacts(kind: "offline_grant", session: grant, expireAt: end, refreshToken: refreshToken)
    }

    private func app(_ draw: inout Draw, now: Int64) -> AppFacts {
        let grant = draw.chance(97) ? draw.one(of: grantIDs) : "g-of-nobody"
        return AppFacts(
            grant: grant, expireAt: Self.end(&draw, now: now), refreshToken: refreshToken(of: grant, &draw))
    }

    private static func user(_ draw: inout Draw) -> UserFacts {
        var facts = UserFacts(
            isDisabled: draw.chance(95) ? false : draw.one(of: [true, true, nil]), isAnonymous: draw.chance(20),
            isVerified: draw.chance(70), canReauthenticate: draw.chance(70),
            roles: draw.one(of: [["stock_view"], ["stock_view", "stock:edit"], ["_"], [], nil]))
        if draw.chance(3) { facts.isAnonymous = nil }
        if draw.chance(3) { facts.canReauthenticate = nil }
        if draw.chance(2) {
            let many = (0..<500).map { "a_role_of_some_length_\($0)" }
            facts.roles = draw.one(of: [["a,b"], ["r\u{f6}le"], ["x", "tab\there"], many])
        }
        return facts
    }
}
