/// What a credential comes to in a world at a moment, by the contract's words (contract sections 6 and 9) and none of
/// the program's sources.
struct WorldOracle {
    enum Verdict: Error {
        /// The answer's fields.
        case valid([String])
        case invalid
        /// Any of these reasons.
        case unknown(Set<String>)
    }

    let world: RandomWorld
    let now: Int64

    private var settings: WorldSettings { world.settings }

    func verdict(on credential: RandomRequest.Credential) -> Verdict {
        do throws(Verdict) {
            switch credential {
            case .garbage: return .invalid
            case .opaque(let token): return .valid(try identity(token: token, subject: nil))
            case .jwt(let jwt):
                guard jwt.isGood, let grant = jwt.grant else { return .invalid }
                return .valid(try identity(token: grant, subject: jwt.subject))
            case .app(let value): return .valid(try identity(appSession: value))
            case .session(let value): return .valid(try identity(session: value))
            }
        } catch {
            return error
        }
    }

    /// What there is; nil when there is nothing.
    private func read<Value>(_ stored: Stored<Value>?) throws(Verdict) -> Value? {
        guard let stored else { return nil }
        switch stored.condition {
        case .right: return stored.value
        case .missing: return nil
        case .torn, .unfit, .nameless: throw .unknown(["record_unreadable"])
        case .other: throw .unknown(["record_mismatched"])
        case .hash: throw .unknown(["store_refused", "record_unreadable"])
        }
    }

    // MARK: Credentials

    private func identity(session value: String) throws(Verdict) -> [String] {
        let parts = value.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let session = try read(world.sessions[String(parts[0])]) else { throw .invalid }
        guard let hashOf = session.hashOf, !hashOf.isEmpty, hashOf == value else { throw .invalid }
        try check(session, settings.sessions)
        return try identity(session)
    }

    private func identity(token: String, subject: String?) throws(Verdict) -> [String] {
        guard let grant = try read(world.access[token]), now <= grant.expireAt else { throw .invalid }
        switch grant.kind {
        case "idp_session":
            guard let session = try read(world.sessions[grant.session]) else { throw .invalid }
            try check(session, settings.sessions)
            return try identity(session, subject: subject)
        case "offline_grant":
            let offline = try offlineGrant(grant.session)
            _ = try authorization(offline, refreshToken: grant.refreshToken)
            try checkSingleSignOn(offline)
            return try identity(offline.session, subject: subject)
        default: throw .unknown(["record_unreadable"])
        }
    }

    private func identity(appSession value: String) throws(Verdict) -> [String] {
        guard let app = try read(world.apps[value]), now <= app.expireAt else { throw .invalid }
        let grant = try offlineGrant(app.grant)
        let (scopes, exists) = try authorization(grant, refreshToken: app.refreshToken)
        guard exists else { throw .invalid }
        try checkSingleSignOn(grant)
        guard scopes == .full else { throw .unknown(["scope_undecided"]) }
        return try identity(grant.session)
    }

    // MARK: What they lead to

    private func check(_ session: SessionFacts, _ limits: WorldSettings.Limits) throws(Verdict) {
        guard now <= session.createdAt + limits.lifetime else { throw .invalid }
        guard let idle = limits.idle else { return }
        guard let lastAccess = session.lastAccess, now <= lastAccess + idle else { throw .invalid }
    }

    private func offlineGrant(_ id: String) throws(Verdict) -> GrantFacts {
        guard let grant = try read(world.grants[id]), let limits = settings.grants(of: grant.client) else {
            throw .invalid
        }
        try check(grant.session, limits)
        return grant
    }

    private func checkSingleSignOn(_ grant: GrantFacts) throws(Verdict) {
        guard grant.singleSignOn == true else { return }
        guard let id = grant.idpSession, let session = try read(world.sessions[id]) else { throw .invalid }
        try check(session, settings.sessions)
    }

    /// The scopes of the refresh token that a credential was made with, and whether there is an authorization.
    private func authorization(
        _ grant: GrantFacts, refreshToken: String?
    ) throws(Verdict) -> (scopes: GrantFacts.Scopes, exists: Bool) {
        let hash = refreshToken ?? ""
        if hash.isEmpty || hash == grant.hashOf { return (grant.scopes, !grant.authorization.isEmpty) }
        for token in grant.tokens ?? [] where token.initial == hash || token.rotated == hash {
            return (token.scopes, true)
        }
        throw .invalid
    }

    // MARK: The user

    private func identity(_ session: SessionFacts, subject: String? = nil) throws(Verdict) -> [String] {
        if let subject, subject != session.user { throw .invalid }
        guard Self.isPrintable(session.user) else { throw .invalid }
        for records in [world.greatest, world.bearers] {
            guard let user = try read(records[session.user]) else { continue }
            if let staleFrom = user.staleFrom, staleFrom <= now { continue }
            guard user.isDisabled != true else { throw .invalid }
            var claims = session.claims
            (claims.isAnonymous, claims.isVerified) = (user.isAnonymous, user.isVerified)
            (claims.canReauthenticate, claims.roles) = (user.canReauthenticate, user.roles)
            return try fields(session, claims)
        }
        guard session.claims.describeUser || settings.answersPartially else { throw .unknown(["user_missing"]) }
        return try fields(session, session.claims)
    }

    private func fields(_ session: SessionFacts, _ claims: ClaimFacts) throws(Verdict) -> [String] {
        var fields = ["session-valid: true", "user-id: \(session.user)"]
        if let flag = claims.isAnonymous { fields.append("user-anonymous: \(flag)") }
        if let flag = claims.isVerified { fields.append("user-verified: \(flag)") }
        if let flag = claims.canReauthenticate { fields.append("user-can-reauthenticate: \(flag)") }
        if let roles = claims.roles, !roles.isEmpty {
            guard roles.allSatisfy({ Self.isPrintable($0) && !$0.contains(",") }) else { throw .invalid }
            let value = roles.joined(separator: ",")
            guard value.utf8.count <= 8 << 10 else { throw .unknown(["answer_too_long"]) }
            fields.append("user-roles: \(value)")
        }
        if settings.isAuthgearsTwin {
            fields.append("session-amr: ")
        } else if let amr = claims.amr {
            fields.append("session-amr: \(amr.joined(separator: ","))")
        }
        fields.append("session-authenticated-at: \((session.authenticatedAt ?? session.createdAt) / 1_000_000_000)")
        return fields.sorted()
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { (" "..."~").contains($0) }
    }
}

extension WorldOracle {
    /// What is to be answered to a request (contract sections 2, 3 and 12).
    func answer(to request: RandomRequest) -> WorldAnswer {
        var unknown: Set<String> = []
        for place in [RandomRequest.Place.authorization, .appSession, .appAccessToken, .session] {
            for presented in request.presented.filter({ $0.place == place }).prefix(4) {
                switch verdict(on: presented.credential) {
                case .valid(let fields): return WorldAnswer(status: 200, fields: fields)
                case .invalid: break
                case .unknown(let reasons): unknown.formUnion(reasons)
                }
            }
        }
        if !unknown.isEmpty { return WorldAnswer(status: 503, reasons: unknown) }
        let places = request.presented.map(\.place)
        let isInvalid = settings.isAuthgearsTwin ? places.contains(.session) : !places.isEmpty
        var answer = WorldAnswer(status: request.isRequire ? 401 : 200)
        if isInvalid { answer.fields = ["session-valid: false"] }
        answer.isClearing = isInvalid && settings.isAuthgearsTwin
        guard request.isRequire else { return answer }
        answer.challenge =
            isInvalid && places.contains(.authorization) ? #"Bearer error="invalid_token""# : "Bearer"
        return answer
    }
}
