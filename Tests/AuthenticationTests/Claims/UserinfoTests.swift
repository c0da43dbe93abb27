import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// What a token lacks, and its issuer's userinfo endpoint knows (contract section 22).
struct UserinfoTests {
    private static let issuer = "https://id.example"
    private static let email = ClaimHeader("x-user-email", from: ClaimPlace("email"))

    /// An issuer whose configuration names `roles` and a header.
    private static var places: ClaimPlaces {
        var places = ClaimPlaces()
        places.roles = ClaimPlace("groups")
        places.headers = [email]
        return places
    }

    private static let token = mint()
    private static let bearer = "Bearer " + token

    /// A token with these claims besides, or without those that are nil.
    private static func mint(_ claims: KeyValuePairs<String, String?> = [:]) -> String {
        var mint = TokenMint()
        for (name, value) in claims { mint.claims[name] = value }
        return String(decoding: mint.token, as: UTF8.self)
    }

    private static func userinfo(
        _ places: ClaimPlaces = places, naming named: [ClaimPlace] = [ClaimPlace("groups")], id: IssuerID = 0,
        _ change: (inout UserinfoServer) -> Void = { _ in }
    ) -> UserinfoServer {
        var userinfo = UserinfoServer(issuer, id: id, claims: UserinfoClaims(named: named, among: places))
        change(&userinfo)
        return userinfo
    }

    /// Who trusts the mint's issuer, and asks its userinfo endpoint.
    private static func desk(
        _ userinfo: UserinfoServer = userinfo(), places: ClaimPlaces = places,
        saying text: String? = #"{"sub":"SUB","groups":["stock"],"email":"a@b.example"}"#,
        token: String = token, policies: [AccessPolicy] = []
    ) -> Desk {
        var trusted = TokenMint.trustedIssuer()
        trusted.claims = ClaimMapping(places)
        var desk = Desk(
            issuers: [trusted], keys: TokenMint.ring(), sessions: nil, policies: policies, userinfos: [userinfo])
        desk.now = TokenMint.now
        desk.userinfo[token] = text.map { .success($0.replacing("SUB", with: TokenMint.subject)) }
        return desk
    }

    private static func fields(_ desk: inout Desk, _ bearer: String = bearer) -> [String] {
        desk.ask(authorization: bearer).filter { $0.hasPrefix("x-user-") || $0.hasPrefix("x-authgear-user-roles") }
    }

    @Test func `what a token lacks comes from the endpoint, once`() {
        var desk = Self.desk()
        for _ in 0..<3 {
            #expect(Self.fields(&desk) == ["x-authgear-user-roles: stock", "x-user-email: a@b.example"])
        }
        #expect(desk.introspections.map(\.server) == [AskedServer(.userinfo, of: 0)])
        #expect(desk.introspections.map { String(decoding: $0.value, as: UTF8.self) } == [Self.token])
        #expect(desk.resolver.signatures == 1)
    }

    @Test func `a token that lacks nothing that was named is not asked about`() {
        let token = Self.mint(["groups": #"["own"]"#, "email": #""own@b.example""#])
        var desk = Self.desk(token: token)
        #expect(
            Self.fields(&desk, "Bearer " + token)
                == ["x-authgear-user-roles: own", "x-user-email: own@b.example"])
        // What the profile alone names is no reason.
        var profile = Self.desk(Self.userinfo(ClaimPlaces(), naming: []), places: ClaimPlaces())
        _ = Self.fields(&profile)
        #expect(desk.introspections.isEmpty && profile.introspections.isEmpty)
    }

    @Test func `what the token says itself is never replaced, and of a value of another type nothing is added`() {
        for (groups, roles) in [(#"["own"]"#, ["x-authgear-user-roles: own"]), ("7", [])] {
            let token = Self.mint(["groups": groups])
            var desk = Self.desk(token: token)
            #expect(
                Self.fields(&desk, "Bearer " + token) == roles + ["x-user-email: a@b.example"])
            #expect(desk.introspections.count == 1)
        }
    }

    /// Places of which the second is what the token has, and what is said of it then.
    @Test func `what the token says by a second place is not replaced by way of the first`() {
        var places = Self.places
        places.roles = ClaimPlace("groups", or: ClaimPlace("realm", "roles", or: ClaimPlace("own")))
        places.userID = ClaimPlace("uid", or: ClaimPlace("sub"))
        let said =
            #"{"sub":"SUB","uid":"admin","groups":["admin"],"realm":{"roles":["admin"]},"own":["x"],"email":"a@b.example"}"#
        let named = [ClaimPlace("groups", or: ClaimPlace("realm", "roles", or: ClaimPlace("own")))]
        for (claims, roles) in [
            (["own": #"["viewer"]"#], "viewer"), (["realm": #"{"roles":["viewer"]}"#], "viewer"),
            (["realm": "{}", "own": #"["viewer"]"#], "viewer"), ([:], "admin"),
        ] as [(KeyValuePairs<String, String?>, String)] {
            let token = Self.mint(claims)
            var desk = Self.desk(Self.userinfo(places, naming: named), places: places, saying: said, token: token)
            let answer = desk.ask(authorization: "Bearer " + token)
            #expect(answer.contains("x-authgear-user-roles: \(roles)"))
            #expect(answer.contains("x-authgear-user-id: \(TokenMint.subject)"))
            #expect(answer.contains("x-user-email: a@b.example"))
        }
    }

    @Test func `a token that ends while its endpoint is asked is expired`() {
        let token = Self.mint(["exp": "1800000001"])
        var desk = Self.desk(token: token)
        // Within the issuer's leeway when it comes, and beyond it when it is answered.
        desk.now = TokenMint.now + .seconds(10)
        desk.takes = .seconds(2)
        #expect(desk.ask(authorization: "Bearer " + token) == Desk.invalid)
        #expect(desk.refusals == ["token expired": 1])
        #expect(desk.introspections.count == 1)
    }

    /// An answer, and what the token is refused for; nil when it is not.
    static let answers: [(text: String?, reason: String?)] = [
        (#"{"sub":"SUB"}"#, nil), (#"{"sub":"SUB","groups":null,"email":null}"#, nil),
        (#"{"sub":"other","groups":["admin"]}"#, "userinfo_mismatch"), (#"{"groups":["admin"]}"#, "userinfo_mismatch"),
        (#"{"sub":null}"#, "userinfo_mismatch"), (#"{"sub":7}"#, "userinfo_mismatch"), ("{}", "userinfo_mismatch"),
        (nil, "inactive"),
    ]

    @Test(arguments: answers) func `an answer is judged`(text: String?, reason: String?) {
        var desk = Self.desk(saying: text)
        for _ in 0..<2 {
            let answer = desk.ask(authorization: Self.bearer)
            #expect((answer == Desk.invalid) == (reason != nil))
            #expect(answer.contains("x-authgear-session-valid: true") == (reason == nil))
        }
        #expect(desk.introspections.count == 1)
        #expect(desk.refusals == (reason.map { ["token \($0)": 2] } ?? [:]))
        desk.now = desk.now + .seconds(5) + .microseconds(1)
        _ = desk.ask(authorization: Self.bearer)
        #expect(desk.introspections.count == (reason == nil ? 1 : 2))
    }

    @Test func `nothing that makes a token good, or says what it may do, comes from there unless claims names it`() {
        var scope = AccessPolicy(name: "scope")
        scope.scopes = [Array("admin".utf8)]
        var client = AccessPolicy(name: "client")
        client.clients = [Array("evil".utf8)]
        var audience = AccessPolicy(name: "audience")
        audience.audiences = [Array("evil".utf8)]
        var issuer = AccessPolicy(name: "issuer")
        issuer.issuers = [Array("evil".utf8)]
        var acr = AccessPolicy(name: "acr")
        acr.contexts = [Array("gold".utf8)]
        let policies = [scope, client, audience, issuer, acr]
        let text = #"""
            {"sub":"SUB","scope":"admin","client_id":"evil","aud":"evil","iss":"evil","acr":"gold","exp":9999999999,
            "cnf":{"jkt":"x"},"email":"a@b.example"}
            """#
        func allowed(_ places: ClaimPlaces, naming named: [ClaimPlace]) -> [String] {
            let token = Self.mint(["client_id": nil])
            var desk = Self.desk(
                Self.userinfo(places, naming: named), places: places, saying: text, token: token, policies: policies)
            return policies.map(\.name).filter {
                desk.ask(policy: $0, authorization: "Bearer " + token).contains("x-authgear-allowed: true")
            }
        }
        #expect(allowed(Self.places, naming: [ClaimPlace("groups")]) == [])
        var headers = Self.places
        headers.headers += ["scope", "client_id", "aud", "iss", "acr", "cnf"].map {
            ClaimHeader("x-\($0)", from: ClaimPlace($0))
        }
        #expect(allowed(headers, naming: []) == [])
        #expect(allowed(Self.places, naming: [ClaimPlace("scope"), ClaimPlace("acr")]) == ["scope", "acr"])
    }

    @Test(arguments: Desk.askFailures)
    func `a failed question is unknown, or with partial answered without for a second`(
        failure: AskFailure, reason: UnknownReason
    ) {
        var desk = Self.desk()
        let good = desk.userinfo
        desk.userinfo[Self.token] = .failure(failure)
        for _ in 0..<2 { #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(reason)) }
        #expect(desk.introspections.count == 2)
        var partial = Self.desk(Self.userinfo { $0.isPartial = true })
        partial.userinfo = desk.userinfo
        for _ in 0..<2 {
            #expect(partial.ask(authorization: Self.bearer).contains("x-authgear-session-valid: true"))
            #expect(Self.fields(&partial) == [])
        }
        #expect(partial.introspections.count == 1)
        partial.userinfo = good
        partial.now = partial.now + .seconds(1) + .microseconds(1)
        #expect(Self.fields(&partial).count == 2)
    }

    @Test func `a token that is bound is not invalid because the endpoint does not take it from us`() {
        let token = Self.mint(["cnf": #"{"jkt":"x"}"#])
        var trusted = TokenMint.trustedIssuer()
        trusted.confirmation = .ignore
        trusted.claims = ClaimMapping(Self.places)
        for isPartial in [false, true] {
            var desk = Desk(
                issuers: [trusted], keys: TokenMint.ring(), sessions: nil,
                userinfos: [Self.userinfo { $0.isPartial = isPartial }])
            desk.now = TokenMint.now
            #expect(desk.ask(authorization: "Bearer " + token) == Desk.unknown(.askRefused))
            #expect(desk.introspections.count == 1)
        }
    }

    @Test(arguments: [false, true]) func `a signature is not verified again for a server that does not say`(
        isPartial: Bool
    ) {
        var desk = Self.desk(Self.userinfo { $0.isPartial = isPartial })
        let good = desk.userinfo
        desk.userinfo[Self.token] = .failure(.unreachable)
        for _ in 0..<30 {
            _ = desk.ask(authorization: Self.bearer)
            desk.now = desk.now + .seconds(2)
        }
        #expect(desk.introspections.count == 30)
        #expect(desk.resolver.signatures == 1)
        // For a while.
        desk.now = desk.now + .seconds(1)
        _ = desk.ask(authorization: Self.bearer)
        #expect(desk.resolver.signatures == 2)
        desk.now = desk.now + .seconds(2)
        desk.userinfo = good
        #expect(Self.fields(&desk) == ["x-authgear-user-roles: stock", "x-user-email: a@b.example"])
        #expect(desk.resolver.signatures == 2)
    }

    @Test func `what was verified holds no longer than its key, its time and its issuer's terms`() {
        var desk = Self.desk()
        desk.userinfo[Self.token] = .failure(.unreachable)
        #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(.askUnreachable))
        var other = desk.settings
        other.issuerIDs = [4]
        desk.resolver.adopt(other)
        #expect(desk.ask(authorization: Self.bearer) != Desk.unknown(.askUnreachable))
        desk.resolver.adopt(desk.settings)
        desk.resolver.publish(KeyRing(issuers: []))
        #expect(desk.ask(authorization: Self.bearer) != Desk.unknown(.askUnreachable))
        var ended = Self.desk()
        ended.userinfo = desk.userinfo
        ended.now = TokenMint.now + .seconds(809)
        #expect(ended.ask(authorization: Self.bearer) == Desk.unknown(.askUnreachable))
        ended.now = TokenMint.now + .seconds(811)
        #expect(ended.ask(authorization: Self.bearer) == Desk.invalid)
    }

    @Test func `it is remembered until the earlier of exp and max_age, and renewed before that`() {
        var desk = Self.desk(Self.userinfo { $0.maximumAge = .seconds(10) })
        #expect(Self.fields(&desk).count == 2)
        desk.now = desk.now + .seconds(8)
        for _ in 0..<2 { #expect(Self.fields(&desk).count == 2) }
        desk.userinfo[Self.token] = .failure(.timedOut)
        #expect(desk.askInBackground() == 1)
        #expect(Self.fields(&desk).count == 2)
        desk.now = desk.now + .seconds(1)
        #expect(Self.fields(&desk).count == 2)
        desk.userinfo[Self.token] = nil
        #expect(desk.askInBackground() == 1)
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
        var ending = Self.desk()
        #expect(Self.fields(&ending).count == 2)
        ending.now = ending.now + .seconds(299)
        #expect(Self.fields(&ending).count == 2)
        #expect(ending.introspections.count == 1)
        ending.now = TokenMint.now + .seconds(809)
        #expect(Self.fields(&ending).count == 2)
        #expect(ending.introspections.count == 2)
        ending.now = TokenMint.now + .seconds(810)
        #expect(ending.ask(authorization: Self.bearer) == Desk.invalid)
    }

    @Test func `with Authgear as the store a kept token is renewed as well`() {
        var desk = Self.desk(Self.userinfo { $0.maximumAge = .seconds(10) })
        var settings = desk.settings
        settings.authgear = AuthgearRules(isStore: true)
        desk.resolver.adopt(settings)
        desk.authgear = .invalid
        let cookies = ["app_access_token=" + Self.token]
        for (bearer, renewals) in [(nil, 0), ("Bearer first", 1), ("Bearer second", 1)] {
            let lines = desk.ask(authorization: bearer, cookies: cookies)
            #expect(lines.contains("x-authgear-user-roles: stock"))
            #expect(desk.askInBackground() == renewals)
            desk.now = desk.now + .seconds(9)
        }
        #expect(desk.introspections.count == 1 && desk.questions.count == 2)
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
    }

    @Test func `with partial a renewal that fails takes nothing away`() {
        var desk = Self.desk(
            Self.userinfo {
                $0.maximumAge = .seconds(10)
                $0.isPartial = true
            })
        #expect(Self.fields(&desk).count == 2)
        desk.userinfo[Self.token] = .failure(.timedOut)
        desk.now = desk.now + .seconds(9)
        #expect(Self.fields(&desk).count == 2)
        #expect(desk.askInBackground() == 1)
        #expect(Self.fields(&desk).count == 2)
    }

    @Test func `an introspected token is completed as well, after it was called active`() {
        let places = Self.places
        var desk = IntrospectionTests.desk(
            [IntrospectionTests.introspector(IntrospectionTests.trusted(places: places))],
            saying: #"{"active":true,"sub":"u1","aud":"api","groups":["own"]}"#)
        var settings = desk.settings
        settings.userinfos = [Self.userinfo(id: 7)]
        desk.resolver.adopt(settings)
        desk.userinfo["opaque-1"] = .success(#"{"sub":"u1","groups":["x"],"email":"a@b.example"}"#)
        for _ in 0..<2 {
            #expect(
                Self.fields(&desk, IntrospectionTests.bearer)
                    == ["x-authgear-user-roles: own", "x-user-email: a@b.example"])
        }
        #expect(desk.introspections.map(\.server.purpose) == [.introspection, .userinfo])
        // The shorter age of both holds, and both are asked again in the background.
        desk.now = desk.now + .seconds(50)
        #expect(Self.fields(&desk, IntrospectionTests.bearer).count == 2)
        #expect(desk.askInBackground() == 1)
        #expect(desk.askInBackground() == 1)
        desk.now = desk.now + .seconds(11)
        #expect(Self.fields(&desk, IntrospectionTests.bearer).count == 2)
        #expect(desk.introspections.count == 2)
        desk.endpoint["opaque-2"] = .success(#"{"active":false}"#)
        #expect(desk.ask(authorization: "Bearer opaque-2") == Desk.invalid)
        #expect(desk.introspections.count == 3)
    }

    @Test func `other terms of the issuer end what was remembered`() {
        var desk = Self.desk()
        #expect(Self.fields(&desk).count == 2)
        var settings = desk.settings
        desk.resolver.adopt(settings)
        #expect(Self.fields(&desk).count == 2)
        #expect(desk.introspections.count == 1)
        settings.issuerIDs = [9]
        settings.userinfos = [Self.userinfo(id: 9)]
        desk.resolver.adopt(settings)
        desk.resolver.publish(KeyRing(issuers: TokenMint.ring().issuers, ids: [9]))
        #expect(Self.fields(&desk).count == 2)
        #expect(desk.introspections.map(\.server.id) == [0, 9])
    }

    @Test func `a hit allocates nothing`() {
        var desk = Self.desk()
        _ = desk.ask(authorization: Self.bearer)
        let (request, head) = Desk.request(.resolve, authorization: Self.bearer, cookies: [])
        let (answers, allocations) = AllocationTests.resolve(
            request, head, by: &desk.resolver, at: desk.moment, times: 100)
        #expect(answers == 100)
        #expect(allocations == 0)
    }
}
