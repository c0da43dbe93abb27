import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// What an introspection endpoint says of opaque tokens, and what becomes of it (contract section 19).
struct IntrospectionTests {
    static let issuer = "https://id.example"
    static let bearer = "Bearer opaque-1"
    static let active =
        #"{"active":true,"sub":"u1","aud":"api","scope":"stock:read stock:write","client_id":"web","exp":1795238100}"#
    static let valid = [
        "HTTP/1.1 200 OK", "x-authgear-session-valid: true", "x-authgear-user-id: u1",
    ]

    static func trusted(
        _ identifier: String = issuer, audiences: [String] = ["api"], places: ClaimPlaces = ClaimPlaces(),
        confirmation: TrustedIssuer.Confirmation = .check
    ) -> TrustedIssuer {
        TrustedIssuer(
            identifier: identifier, audiences: audiences, algorithms: .all, leeway: .seconds(10),
            confirmation: confirmation, claims: ClaimMapping(places))
    }

    static func introspector(
        _ issuer: TrustedIssuer = trusted(), id: IssuerID = 7, clients: [String] = [], prefix: String? = nil
    ) -> Introspector {
        var introspector = Introspector(issuer, id: id, clients: clients.map { Array($0.utf8) })
        introspector.prefix = prefix.map { Array($0.utf8) }
        return introspector
    }

    /// Nobody but the endpoint knows tokens.
    static func desk(
        _ introspectors: [Introspector] = [introspector()], saying text: String = active,
        policies: [AccessPolicy] = []
    ) -> Desk {
        var desk = Desk(sessions: nil, policies: policies, introspectors: introspectors)
        desk.endpoint["opaque-1"] = .success(text)
        return desk
    }

    @Test func `a JWT of an issuer without keys is invalid, and nobody is asked`() {
        var desk = Self.desk()
        let token = String(decoding: TokenMint().token, as: UTF8.self)
        #expect(desk.ask(authorization: "Bearer \(token)") == Desk.invalid)
        #expect(desk.introspections.isEmpty)
    }

    @Test func `an active token is its user's, and is asked about once`() {
        var desk = Self.desk()
        for _ in 0..<3 { #expect(desk.ask(authorization: Self.bearer) == Self.valid) }
        #expect(desk.introspections.map { String(decoding: $0.value, as: UTF8.self) } == ["opaque-1"])
        #expect(desk.introspections.map(\.wasValid) == [false])
        #expect(desk.resolver.tokenCacheFigures.hits == 2)
    }

    /// An answer's members beside `active`, and what it is refused for; nil when it is not.
    static let answers: [(members: String, reason: String?)] = [
        (#""sub":"u1","aud":"api""#, nil),
        (#""sub":"u1","aud":["x","api"],"iss":"https://id.example","nbf":1795237800"#, nil),
        (#""sub":"u1","aud":"api","iss":"https://id.example/""#, "issuer_unknown"),
        (#""sub":"u1","aud":"api","iss":7"#, "issuer_unknown"),
        (#""sub":"u1","aud":"api","exp":1795237800"#, "expired"),
        (#""sub":"u1","aud":"api","exp":1795237801"#, nil),
        (#""sub":"u1","aud":"api","exp":"1795238100""#, "expiry_missing"),
        (#""sub":"u1","aud":"api","nbf":1795237801"#, "not_yet_valid"),
        (#""sub":"u1","aud":"api","nbf":"1""#, "not_before_malformed"),
        (#""sub":"u1","aud":"api","token_use":"refresh""#, "not_access_token"),
        (#""sub":"u1","aud":"api","token_use":"id""#, "not_access_token"),
        (#""sub":"u1","aud":"api","token_type":"refresh_token""#, "not_access_token"),
        (#""sub":"u1","aud":"api","token_type":"Refresh""#, "not_access_token"),
        (#""sub":"u1","aud":"api","token_type":"id_token""#, "not_access_token"),
        (#""sub":"u1","aud":"api","token_type":"Bearer","token_use":"access""#, nil),
        (#""sub":"u1","aud":"other""#, "audience_unknown"),
        (#""sub":"u1","aud":7"#, "audience_missing"),
        (#""sub":"u1""#, "audience_missing"),
        (#""sub":"u1","client_id":"web""#, "audience_missing"),
        (#""aud":"api""#, "subject_missing"),
        (#""sub":"","aud":"api""#, "subject_missing"),
        (#""sub":7,"aud":"api""#, "subject_missing"),
        (#""sub":"u1","aud":"api","cnf":{}"#, "confirmation_unknown"),
        (#""sub":"u1","aud":"api","cnf":null"#, "confirmation_unknown"),
        (#""sub":"u1","aud":"api","cnf":{"jwk":{}}"#, "confirmation_unknown"),
        (#""sub":"u1","aud":"api","cnf":{"jkt":"x"}"#, "confirmation_unchecked"),
        // Of several faults the first in the order of the checks.
        (#""iss":"x","exp":1"#, "issuer_unknown"),
        (#""exp":1,"nbf":9999999999"#, "expired"),
        (#""nbf":9999999999,"token_use":"id""#, "not_yet_valid"),
        (#""token_use":"id","aud":"other""#, "not_access_token"),
        (#""aud":"other""#, "audience_unknown"),
        (#""aud":"api","cnf":{}"#, "subject_missing"),
    ]

    @Test(arguments: answers) func `an answer is judged`(members: String, reason: String?) {
        var desk = Self.desk(saying: "{\"active\":true,\(members)}")
        #expect(desk.ask(authorization: Self.bearer) == (reason == nil ? Self.valid : Desk.invalid))
        #expect(desk.refusals == (reason.map { ["access_token \($0)": 1] } ?? [:]))
    }

    /// An answer's members, and whom it names where `username`, or else `client_id`, stands in for a subject; nil: nobody.
    @Test(arguments: [
        (#""username":"anna""#, "anna"), (#""sub":"u1","username":"anna""#, "u1"), (#""client_id":"web""#, "web"),
        (#""username":"","client_id":"web""#, nil), (#""username":7"#, nil), (#""sub":null,"username":"anna""#, nil),
        (#""sub":"","username":"anna""#, nil), (#""x":1"#, nil),
    ])
    func `another member may stand in for a subject that is not there`(members: String, user: String?) {
        var introspector = Self.introspector()
        introspector.verifier.subject = ClaimPlace(
            [Array("username".utf8)], or: ClaimPlace([Array("client_id".utf8)]))
        var desk = Self.desk([introspector], saying: "{\"active\":true,\"aud\":\"api\",\(members)}")
        for _ in 0..<2 {
            let answer = desk.ask(authorization: Self.bearer)
            #expect(answer == (user.map { Self.valid.dropLast() + ["x-authgear-user-id: \($0)"] } ?? Desk.invalid))
        }
        #expect(desk.refusals.keys.allSatisfy { $0 == "access_token subject_missing" })
    }

    @Test func `required claims, and who the user is, come before a bound token`() {
        var places = ClaimPlaces()
        places.required = [RequiredClaim("typ", is: .text(Array("Bearer".utf8)))]
        places.userID = ClaimPlace("uid")
        let rows = [
            (#""cnf":{}"#, "required_claim"), (#""typ":"Bearer","cnf":{}"#, "user_id_missing"),
            (#""typ":"Bearer","uid":"u1","cnf":{}"#, "confirmation_unknown"), (#""typ":"Bearer","uid":"u1""#, nil),
        ]
        for (members, reason) in rows {
            var desk = Self.desk(
                [Self.introspector(Self.trusted(places: places))],
                saying: "{\"active\":true,\"aud\":\"api\",\"sub\":\"s\",\(members)}")
            #expect(desk.ask(authorization: Self.bearer) == (reason == nil ? Self.valid : Desk.invalid))
            #expect(desk.refusals == (reason.map { ["access_token \($0)": 1] } ?? [:]))
        }
    }

    @Test func `without an audience the client counts`() {
        let rows = [
            (#""client_id":"web""#, nil), (#""client_id":"other""#, "audience_unknown"), ("", "audience_missing"),
            (#""client_id":"web","aud":"other""#, "audience_unknown"),
        ]
        for (members, reason) in rows {
            let more = members.isEmpty ? "" : "," + members
            var desk = Self.desk(
                [Self.introspector(Self.trusted(audiences: []), clients: ["web"])],
                saying: "{\"active\":true,\"sub\":\"u1\"\(more)}")
            #expect(desk.ask(authorization: Self.bearer) == (reason == nil ? Self.valid : Desk.invalid))
            #expect(desk.refusals == (reason.map { ["access_token \($0)": 1] } ?? [:]))
        }
    }

    /// What is no right answer says nothing of a token.
    static let unreadable = [
        "", "null", "[]", "\"x\"", "<html>", #"{"active":true"#, #"{"active":true}x"#, #"{"active":"true"}"#,
        #"{"active":1}"#, #"{"active":null}"#, #"{"sub":"u1"}"#, "{}", #"{"active":true,"active":true}"#,
        #"{"active":true,"sub":"a","sub":"b"}"#, #"{"active":false,"active":true}"#,
    ]

    @Test(arguments: unreadable) func `what is not one object with a boolean active is unknown`(text: String) {
        var desk = Self.desk(saying: text)
        for _ in 0..<2 { #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(.askUnreadable)) }
        #expect(desk.introspections.count == 2)
        #expect(desk.refusals.isEmpty)
    }

    @Test(arguments: Desk.askFailures)
    func `a failure is unknown, for its reason, and is not remembered`(failure: AskFailure, reason: UnknownReason) {
        var desk = Self.desk()
        desk.endpoint["opaque-1"] = .failure(failure)
        #expect(desk.ask(authorization: Self.bearer) == Desk.unknown(reason))
        #expect(desk.ask(.require, authorization: Self.bearer) == Desk.unknown(reason))
        desk.endpoint["opaque-1"] = .success(Self.active)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
    }

    @Test func `an inactive token is invalid, and is not asked about again for a while`() {
        var desk = Self.desk(saying: #"{"active":false}"#)
        for _ in 0..<2 { #expect(desk.ask(authorization: Self.bearer) == Desk.invalid) }
        desk.now = desk.now + .seconds(5)
        #expect(desk.ask(authorization: Self.bearer) == Desk.invalid)
        #expect(desk.introspections.count == 1)
        #expect(desk.refusals == ["access_token inactive": 3])
        desk.endpoint["opaque-1"] = .success(Self.active)
        desk.now = desk.now + .microseconds(1)
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
    }

    @Test func `from a cookie no opaque token is taken, and none that begins as API tokens do`() {
        var desk = Self.desk()
        #expect(desk.ask(authorization: Self.bearer) == Self.valid)
        #expect(desk.ask(cookies: ["app_access_token=opaque-1"]) == Desk.none)
        #expect(desk.ask(authorization: "Bearer agr_opaque") == Desk.none)
        #expect(desk.introspections.count == 1)
    }

    @Test func `the longest prefix decides who is asked, and without one who has none`() {
        let introspectors = [
            Self.introspector(id: 1), Self.introspector(id: 2, prefix: "ab"), Self.introspector(id: 3, prefix: "abc"),
        ]
        var desk = Self.desk(introspectors)
        for token in ["abc", "abx", "ab", "a", "x"] { _ = desk.ask(authorization: "Bearer \(token)") }
        #expect(desk.introspections.map(\.server.id) == [3, 2, 2, 1, 1])
        var only = Self.desk([Self.introspector(prefix: "ab")])
        #expect(only.ask(authorization: Self.bearer) == Desk.none)
        #expect(only.introspections.isEmpty)
    }

    @Test func `policies judge what the answer states`() {
        var scope = AccessPolicy(name: "scope")
        scope.scopes = [Array("stock:read".utf8)]
        var client = AccessPolicy(name: "client")
        (client.clients, client.credentials) = ([Array("web".utf8)], [.token])
        (client.issuers, client.audiences) = ([Array(Self.issuer.utf8)], [Array("api".utf8)])
        var other = AccessPolicy(name: "other")
        other.scopes = [Array("stock:admin".utf8)]
        var desk = Self.desk(policies: [scope, client, other])
        for _ in 0..<2 {
            #expect(desk.ask(policy: "scope", authorization: Self.bearer) == Self.valid + ["x-authgear-allowed: true"])
            #expect(desk.ask(policy: "client", authorization: Self.bearer).contains("x-authgear-allowed: true"))
            #expect(
                desk.ask(.require, policy: "other", authorization: Self.bearer) == [
                    "HTTP/1.1 403 Forbidden",
                    #"WWW-Authenticate: Bearer error="insufficient_scope", scope="stock:admin""#,
                    "x-authgear-refused: scope",
                ])
        }
        #expect(desk.introspections.count == 1)
    }

    @Test func `an issuer's further headers come of the answer`() {
        var places = ClaimPlaces()
        places.headers = [ClaimHeader("x-user-email", from: ClaimPlace("email"))]
        var desk = Self.desk(
            [Self.introspector(Self.trusted(places: places))],
            saying: #"{"active":true,"sub":"u1","aud":"api","email":"a@b.example"}"#)
        for _ in 0..<2 { #expect(desk.ask(authorization: Self.bearer) == Self.valid + ["x-user-email: a@b.example"]) }
    }
}
