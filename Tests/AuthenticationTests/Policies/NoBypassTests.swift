import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// 50,000 requests in any order, answered from memory where they can be, against an oracle that judges each anew: no answer of one
/// policy serves another, and no header of one issuer comes to a request of another.
@Suite struct NoBypassTests {
    /// What a credential is known to say, from which both it and what is expected of it are made.
    private struct Holder {
        var authorization: String?
        var cookie: String?
        var apiToken: String?
        var lines: [String]
        var kind = PresentedKind.token
        var facts: [String: Set<String>] = [:]
        var isVerified: Bool?
        var authenticatedAt: Int64?
    }

    private static let values = ["a", "b", "c"]
    private static let kinds = ["issuer", "audience", "client", "scope", "role", "acr", "amr"]

    private static func issuer(_ number: Int) -> String { "https://issuer-\(number).example" }

    private static func draw(_ generator: inout SeededGenerator) -> [String] {
        values.filter { _ in Bool.random(using: &generator) }
    }

    private static let issuers: [TrustedIssuer] = (0..<3).map { number in
        var places = ClaimProfile.keycloak.places
        places.required = []
        places.headers = [ClaimHeader("x-of-\(number)", from: ClaimPlace("sub"))]
        return TrustedIssuer(
            identifier: issuer(number), audiences: values, algorithms: .all, leeway: .zero,
            claims: ClaimMapping(places))
    }

    private static func token(_ number: Int, _ generator: inout SeededGenerator) -> Holder {
        let place = Int.random(in: 0..<3, using: &generator)
        let user = "user-\(number)"
        var holder = Holder(lines: ["HTTP/1.1 200 OK", "x-authgear-session-valid: true", "x-authgear-user-id: \(user)"])
        let audiences = draw(&generator) + ["a"]
        let (scopes, roles, methods) = (draw(&generator), draw(&generator), draw(&generator))
        let (client, context) = (values.randomElement(using: &generator), values.randomElement(using: &generator))
        holder.isVerified = [true, false, nil].randomElement(using: &generator) ?? nil
        holder.authenticatedAt = Bool.random(using: &generator) ? 1_799_990_000 + Int64(number) * 100 : nil
        holder.facts = [
            "issuer": [issuer(place)], "audience": Set(audiences), "client": Set([client].compactMap(\.self)),
            "scope": Set(scopes), "role": Set(roles), "acr": Set([context].compactMap(\.self)), "amr": Set(methods),
        ]
        var mint = TokenMint(.edDSA)
        mint.claims = ObjectText([
            ("iss", #""\#(issuer(place))""#), ("sub", #""\#(user)""#), ("exp", "1800100000"),
            ("aud", list(audiences)), ("scope", #""\#(scopes.joined(separator: " "))""#),
            ("realm_access", #"{"roles":\#(list(roles))}"#), ("amr", list(methods)),
            ("azp", #""\#(client ?? "")""#), ("acr", #""\#(context ?? "")""#),
        ])
        mint.claims["email_verified"] = holder.isVerified.map { "\($0)" }
        mint.claims["auth_time"] = holder.authenticatedAt.map { "\($0)" }
        holder.authorization = ResolverTokenTests.bearer(mint.token)
        if let isVerified = holder.isVerified { holder.lines.append("x-authgear-user-verified: \(isVerified)") }
        if !roles.isEmpty { holder.lines.append("x-authgear-user-roles: \(roles.joined(separator: ","))") }
        if !methods.isEmpty { holder.lines.append("x-authgear-session-amr: \(methods.joined(separator: ","))") }
        if let time = holder.authenticatedAt { holder.lines.append("x-authgear-session-authenticated-at: \(time)") }
        holder.lines.append("x-of-\(place): \(user)")
        return holder
    }

    /// Half of them come in the header for API tokens.
    private static func apiToken(_ number: Int, _ generator: inout SeededGenerator) -> (APIToken, Holder) {
        let (user, secret) = ("robot-\(number)", "agr_\(number)")
        let (scopes, roles) = (draw(&generator), draw(&generator))
        var token = APITokenTests.token(id: user, user: user, roles: roles, scopes: scopes, secrets: [(secret, nil)])
        token.isVerified = [true, false, nil].randomElement(using: &generator) ?? nil
        var holder = Holder(lines: ["HTTP/1.1 200 OK", "x-authgear-session-valid: true", "x-authgear-user-id: \(user)"])
        holder.kind = .apiToken
        holder.facts = ["scope": Set(scopes), "role": Set(roles)]
        holder.isVerified = token.isVerified
        if number.isMultiple(of: 2) { holder.apiToken = secret } else { holder.authorization = "Bearer \(secret)" }
        if let isVerified = holder.isVerified { holder.lines.append("x-authgear-user-verified: \(isVerified)") }
        if !roles.isEmpty { holder.lines.append("x-authgear-user-roles: \(roles.joined(separator: ","))") }
        return (token, holder)
    }

    /// The names of the cookies of two other servers; their numbers are 8 and 9.
    private static let cookieServers: [CookieServer] = [UInt32(8), 9].map { number in
        var places = ClaimPlaces.none
        (places.userID, places.verified) = (ClaimPlace("id"), ClaimPlace("verified"))
        places.roles = ClaimPlace("groups", reading: .each(Array("name".utf8)))
        (places.authenticationMethods, places.contexts) = (ClaimPlace("amr"), ClaimPlace("acr"))
        if number == 9 { places.scopes = ClaimPlace("scopes") }
        return CookieServer("sid-\(number)", id: IssuerID(number), name: "s\(number)", claims: ClaimMapping(places))
    }

    /// A session of one of them, and what it says of it. Each value is a session of both, of two users.
    private static func session(
        _ number: Int, _ generator: inout SeededGenerator
    ) -> (key: String, answer: String, holder: Holder) {
        let (server, value) = (8 + number % 2, "value-\(number / 2)")
        let user = "guest-\(number)"
        let (scopes, roles, methods) = (draw(&generator), draw(&generator), draw(&generator))
        var holder = Holder(
            cookie: "sid-\(server)=\(value)",
            lines: ["HTTP/1.1 200 OK", "x-authgear-session-valid: true", "x-authgear-user-id: \(user)"], kind: .session)
        holder.isVerified = [true, false, nil].randomElement(using: &generator) ?? nil
        let context = values.randomElement(using: &generator) ?? "a"
        holder.facts = [
            "scope": server == 9 ? Set(scopes) : ["a", "b"], "role": Set(roles), "amr": Set(methods), "acr": [context],
        ]
        if let isVerified = holder.isVerified { holder.lines.append("x-authgear-user-verified: \(isVerified)") }
        if !roles.isEmpty { holder.lines.append("x-authgear-user-roles: \(roles.joined(separator: ","))") }
        if !methods.isEmpty { holder.lines.append("x-authgear-session-amr: \(methods.joined(separator: ","))") }
        let groups = roles.map { #"{"name":"\#($0)"}"# }.joined(separator: ",")
        let verified = holder.isVerified.map { "\($0)" } ?? "null"
        let answer =
            #"{"id":"\#(user)","verified":\#(verified),"groups":[\#(groups)],"amr":\#(list(methods)),"#
            + #""acr":"\#(context)","scopes":\#(list(scopes))}"#
        return ("\(server):\(value)", answer, holder)
    }

    private static func list(_ items: [String]) -> String {
        "[" + items.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    }

    /// A policy, and the same as facts: the names of its conditions and what they ask for.
    private static func policy(
        _ number: Int, _ generator: inout SeededGenerator
    ) -> (policy: AccessPolicy, asks: [String: Set<String>]) {
        var policy = AccessPolicy(name: "p\(number)")
        var asks: [String: Set<String>] = [:]
        for kind in kinds where Int.random(in: 0..<4, using: &generator) == 0 {
            let items = Set(
                kind == "issuer" ? [issuer(Int.random(in: 0..<3, using: &generator))] : draw(&generator) + ["b"])
            asks[kind] = items
            let bytes = items.sorted().map { Array($0.utf8) }
            switch kind {
            case "issuer": policy.issuers = bytes
            case "audience": policy.audiences = bytes
            case "client": policy.clients = bytes
            case "scope": policy.scopes = bytes
            case "role": policy.roles = bytes
            case "acr": policy.contexts = bytes
            default: policy.authenticationMethods = bytes
            }
        }
        if Int.random(in: 0..<4, using: &generator) == 0 { policy.isVerified = Bool.random(using: &generator) }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            policy.maximumAge = .seconds(Int64.random(in: 1...12_000, using: &generator))
        }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            policy.credentials = [[.token], [.session], [.apiToken], [.apiToken, .token]].randomElement(
                using: &generator)
        }
        return (policy, asks)
    }

    /// The oracle: why the policy refuses the credential at that time; nil when it does not.
    private static func refusal(
        _ holder: Holder, _ policy: AccessPolicy, asks: [String: Set<String>], now: Int64
    ) -> String? {
        if let kinds = policy.credentials, !kinds.contains(holder.kind) { return "credential" }
        for kind in ["issuer", "audience", "client"] where isUnmet(kind, holder, asks) { return kind }
        if let wanted = policy.isVerified, wanted != holder.isVerified { return "verified" }
        for kind in ["scope", "role", "acr", "amr"] where isUnmet(kind, holder, asks) { return kind }
        guard let age = policy.maximumAge else { return nil }
        guard let time = holder.authenticatedAt, now - time <= age.components.seconds else { return "max_age" }
        return nil
    }

    private static func isUnmet(_ kind: String, _ holder: Holder, _ asks: [String: Set<String>]) -> Bool {
        guard let asked = asks[kind] else { return false }
        let stated = holder.facts[kind] ?? []
        return ["scope", "amr"].contains(kind) ? !asked.isSubset(of: stated) : asked.isDisjoint(with: stated)
    }

    @Test func `50,000 requests get what an oracle says that each gets by itself`() throws {
        var generator = SeededGenerator(seed: 20_261_128)
        let policies = (0..<64).map { Self.policy($0, &generator) }
        var holders = (0..<60).map { Self.token($0, &generator) }
        holders.append(
            Holder(
                cookie: "session=\(Desk.cookie)", lines: Desk.valid, kind: .session,
                facts: ["scope": ["a", "b"], "role": ["stock.view"], "amr": ["pwd"]], isVerified: true,
                authenticatedAt: 1_795_000_000))
        let apiTokens = (0..<20).map { Self.apiToken($0, &generator) }
        holders += apiTokens.map(\.1)
        let sessions = (0..<20).map { Self.session($0, &generator) }
        holders += sessions.map(\.holder)
        let keys = TokenMint.ring([TestKeys.key(.edDSA)]).issuers[0]
        var desk = Desk(
            issuers: Self.issuers, keys: KeyRing(issuers: [keys, keys, keys]),
            store: Desk.store(session: Desk.session(createdAt: TokenMint.now, lastAccess: TokenMint.now)),
            policies: policies.map(\.policy), sessionScopes: ["a", "b"], apiTokens: apiTokens.map(\.0),
            cookieServers: Self.cookieServers)
        for session in sessions { desk.endpoint[session.key] = .success(session.answer) }
        desk.now = TokenMint.now
        desk.resolver.trustSessions(until: .max)
        var reasons: Set<String> = []
        for number in 0..<50_000 {
            if number % 100 == 0 {
                desk.now = desk.now + .seconds(7)
                _ = desk.askInBackground()
            }
            let endpoint = Endpoint.allCases[Int.random(in: 0...1, using: &generator)]
            let holder = try #require(holders.randomElement(using: &generator))
            let cookies = holder.cookie.map { [$0] } ?? []
            guard Int.random(in: 0..<10, using: &generator) > 0 else {
                let answer = desk.ask(
                    endpoint, authorization: holder.authorization, apiToken: holder.apiToken, cookies: cookies)
                guard answer == holder.lines else { #expect(answer == holder.lines); return }
                continue
            }
            let (policy, asks) = try #require(policies.randomElement(using: &generator))
            let refusal = Self.refusal(holder, policy, asks: asks, now: desk.now.seconds)
            reasons.insert(refusal ?? "allowed")
            let answer = desk.ask(
                endpoint, policy: policy.name, authorization: holder.authorization, apiToken: holder.apiToken,
                cookies: cookies)
            let isRight =
                switch (endpoint, refusal) {
                case (.require, nil): answer == holder.lines
                case (.require, let reason?):
                    answer.last == "x-authgear-refused: \(reason)" && !answer[0].contains("200")
                        && answer.count(where: { $0.hasPrefix("x-") }) == 1
                case (.resolve, nil): answer == holder.lines + ["x-authgear-allowed: true"]
                case (.resolve, let reason?):
                    answer == holder.lines + ["x-authgear-allowed: false", "x-authgear-refused: \(reason)"]
                }
            guard isRight else {
                Issue.record("request \(number), \(policy.name): \(answer), expected \(refusal ?? "allowed")")
                return
            }
        }
        #expect(reasons.count == 11, "every reason that was drawn came up: \(reasons.sorted())")
        #expect(desk.resolver.tokenCacheFigures.hits > 30_000)
    }
}
