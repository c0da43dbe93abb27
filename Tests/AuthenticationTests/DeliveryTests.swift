import Authentication
import Bytes
import Fixtures
import HTTP1
import JOSE
import Testing

/// `headers.absent`, `headers.removal`, `headers.error` and `preflight` (contract sections 25 and 26).
@Suite struct DeliveryTests {
    private static let names =
        [
            "session-valid", "user-id", "user-anonymous", "user-verified", "user-can-reauthenticate", "user-roles",
            "session-amr", "session-authenticated-at", "allowed", "refused", "assertion",
        ].map { "x-authgear-\($0)" } + ["x-user-email"]
    private static let removing = "x-envoy-auth-headers-to-remove"

    private static func desk(
        absent: DeliveryRules.Absence = .omit, removal: DeliveryRules.Removal = .none,
        error: DeliveryRules.ErrorHeader = .send, preflights: Bool = false, assertion: AssertionSigner? = nil,
        csrf: CSRFRules? = nil, policies: [AccessPolicy] = []
    ) -> Desk {
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(), policies: policies, csrf: csrf,
            assertion: assertion,
            delivery: DeliveryRules(
                names: names, absence: absent, removal: removal, errorHeader: error, allowsPreflights: preflights))
        desk.now = TokenMint.now
        return desk
    }

    private static let bearer = ResolverTokenTests.bearer(TokenMint().token)

    /// The values of an answer's fields, by name; a name that stands twice has none.
    private static func fields(_ lines: [String]) -> [String: String] {
        let pairs = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (String(line[..<colon]), String(line[colon...].dropFirst(2)))
        }
        return Dictionary(pairs) { _, _ in "twice" }
    }

    @Test(arguments: [nil, bearer, ResolverTokenTests.bearer(ResolverTokenTests.expired())])
    func `with empty each of our names is there once, and what has a value has the same`(authorization: String?) {
        var policy = AccessPolicy(name: "strict")
        policy.isVerified = false
        var plain = Self.desk(policies: [AccessPolicy(name: "free"), policy])
        var full = Self.desk(absent: .empty, policies: [AccessPolicy(name: "free"), policy])
        for name in [nil, "free", "strict"] {
            for endpoint in Endpoint.allCases {
                // The second time it is remembered.
                for _ in 0..<2 {
                    let expected = plain.ask(endpoint, policy: name, authorization: authorization)
                    let answer = full.ask(endpoint, policy: name, authorization: authorization)
                    guard expected[0].hasSuffix("200 OK") else {
                        #expect(answer == expected)
                        continue
                    }
                    let fields = Self.fields(answer)
                    #expect(Set(fields.keys) == Set(Self.names) && answer.count == Self.names.count + 1)
                    #expect(fields.filter { !$0.value.isEmpty } == Self.fields(expected))
                }
            }
        }
    }

    @Test func `with empty an answer to a request that may be forged has all of them, too`() {
        var desk = Self.desk(absent: .empty, csrf: CSRFRules(origins: ["https://app.example"]))
        let answer = desk.ask(cookies: ["session=\(Desk.cookie)"], further: [(.originalMethod, "POST")])
        let fields = Self.fields(answer)
        #expect(Set(fields.keys) == Set(Self.names))
        #expect(fields.filter { !$0.value.isEmpty } == ["x-authgear-refused": "csrf"])
    }

    @Test func `with empty an assertion stands once where there is one, and is empty where there is none`() {
        var desk = Self.desk(absent: .empty, assertion: AssertionTests.signer())
        for _ in 0..<2 {
            let known = Self.fields(desk.ask(authorization: Self.bearer))
            #expect(known["x-authgear-assertion"]?.hasPrefix("ey") == true)
            #expect(Set(known.keys) == Set(Self.names))
        }
        #expect(Self.fields(desk.ask())["x-authgear-assertion"] == "")
    }

    @Test func `with empty a remembered answer allocates nothing`() {
        var desk = Self.desk(absent: .empty)
        _ = desk.ask(authorization: Self.bearer)
        let (request, head) = Desk.request(.resolve, authorization: Self.bearer, cookies: [])
        let (answers, allocations) = AllocationTests.resolve(
            request, head, by: &desk.resolver, at: desk.moment, times: 100)
        #expect(answers == 100 && allocations == 0)
    }

    /// What Envoy is told to take away from a request, sorted; nil when it is told nothing.
    private static func removed(_ desk: inout Desk, _ fields: String, endpoint: Endpoint = .resolve) throws
        -> [String]?
    {
        let head = Array("GET /\(endpoint) HTTP/1.1\r\nHost: h\r\n\(fields)\r\n".utf8)
        var parser = HeadParser()
        #expect(try parser.advance(over: head.span.bytes, limit: 65_536))
        let request = ResolveRequest(endpoint, fields: parser.head.fields)
        let step = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment)
        guard case .answer(let answer) = step else { return nil }
        return Self.fields(Desk.lines(of: answer))[removing]?.split(separator: ",").map(String.init).sorted()
    }

    private static let absent = [
        "x-authgear-allowed", "x-authgear-assertion", "x-authgear-refused", "x-user-email",
    ]

    @Test func `Envoy takes away what is not there, and what the client spells otherwise`() throws {
        var desk = Self.desk(removal: .envoy)
        let known = "Authorization: \(Self.bearer)\r\n"
        #expect(try Self.removed(&desk, known) == Self.absent)
        #expect(try Self.removed(&desk, "") == Self.names.sorted())
        #expect(try Self.removed(&desk, "Cookie: session=a\r\n") == Self.names.filter { $0 != Self.names[0] }.sorted())
        let spoofs = """
            x-authgear-user-id: a\r\nX_Authgear_User_Id: b\r\nx.authgear~user-id: c\r\nX-USER-EMAIL: d\r\n\
            x_user_email: e\r\nx-authgear-user-role: f\r\nx_authgear_user_id: g\r\nx-authgears: h\r\naccept: x-authgear-a\r\n
            """
        let spelled = ["x_authgear_user_id", "x.authgear~user-id", "x_user_email", "x-authgear-user-role"]
        #expect(try Self.removed(&desk, spoofs + known) == (Self.absent + spelled).sorted())
        #expect(try Self.removed(&desk, known + spoofs) == (Self.absent + spelled).sorted())
        #expect(try Self.removed(&desk, spoofs) == (Self.names + spelled).sorted())
        #expect(try Self.removed(&desk, spoofs, endpoint: .require) == nil, "it is turned away")
    }

    @Test func `Envoy does not take away an assertion, nor what is there and empty`() throws {
        let known = "Authorization: \(Self.bearer)\r\n"
        var desk = Self.desk(removal: .envoy, assertion: AssertionTests.signer())
        #expect(try Self.removed(&desk, known) == Self.absent.filter { $0 != "x-authgear-assertion" })
        desk = Self.desk(absent: .empty, removal: .envoy, assertion: AssertionTests.signer())
        for fields in [known, ""] {
            #expect(try Self.removed(&desk, fields) == nil)
            #expect(try Self.removed(&desk, fields + "x_authgear_a: b\r\n") == ["x_authgear_a"])
        }
        desk = Desk(
            compatibility: .authgear, delivery: DeliveryRules(names: Self.names, removal: .envoy))
        let lines = desk.ask(cookies: ["session=\(Desk.cookie)"])
        #expect(Self.fields(lines)["x-authgear-session-amr"] == "")
        #expect(Self.fields(lines)[Self.removing]?.split(separator: ",").map(String.init).sorted() == Self.absent)
    }

    @Test func `a request that waited is told of as one that did not`() {
        var desk = Self.desk(removal: .envoy)
        desk.now = Desk.now
        let session = desk.ask(cookies: ["session=\(Desk.cookie)"])
        #expect(Self.fields(session)[Self.removing]?.split(separator: ",").map(String.init).sorted() == Self.absent)
    }

    @Test(arguments: [false, true])
    func `a request that waited while other names became ours is not let in: nobody looked for those`(areOthers: Bool) {
        var desk = Self.desk(removal: .envoy)
        let (request, head) = Desk.request(.resolve, authorization: nil, cookies: ["session=\(Desk.cookie)"])
        let step = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment)
        guard case .wait(for: _, let parked) = consume step else {
            Issue.record("it is answered at once")
            return
        }
        var settings = desk.settings
        settings.notesRefusals.toggle()
        if areOthers { settings.delivery.names.append("x-tenant") }
        desk.resolver.adopt(settings)
        switch desk.resolver.resume(parked, with: .record(.missing), now: desk.moment) {
        case .answer(let answer):
            #expect((Desk.lines(of: answer) == Desk.unknown(.answerTooLong)) == areOthers)
        case .wait: Issue.record("it waits for more")
        }
    }

    @Test func `a request with more such names than a field may have is unknown`() throws {
        var desk = Self.desk(removal: .envoy)
        let many = (0..<400).map { "x_authgear_\($0)_\(String(repeating: "a", count: 20)): b\r\n" }
        #expect(try Self.removed(&desk, many.joined()) == nil)
        #expect(try Self.removed(&desk, many[..<100].joined())?.count == Self.names.count + 100)
    }

    @Test func `with omit a 503 does not say why`() {
        var desk = Self.desk(error: .omit)
        desk.store[Desk.sessionKey] = .unavailable(.timedOut)
        let answer = desk.ask(cookies: ["session=\(Desk.cookie)"])
        #expect(answer == ["HTTP/1.1 503 Service Unavailable", "Retry-After: 1"])
    }

    typealias Fields = [(RequestFields.Further, String)]

    private static let preflight: Fields = [
        (.originalMethod, "OPTIONS"), (.origin, "https://app.example"), (.requestMethod, "PUT"),
    ]
    private static let turnedAway = ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer"]

    @Test func `a preflight without a credential is let in where that is allowed, by policies too`() {
        var desk = Self.desk(preflights: true, policies: [AccessPolicy(name: "p")])
        #expect(desk.ask(.require, further: Self.preflight) == Desk.none)
        #expect(desk.ask(.require, policy: "p", further: Self.preflight) == Desk.none)
        #expect(desk.ask(.resolve, further: Self.preflight) == Desk.none)
        let expired = ResolverTokenTests.bearer(ResolverTokenTests.expired())
        #expect(desk.ask(.require, authorization: expired, further: Self.preflight)[0] == Self.turnedAway[0])
        #expect(desk.ask(.require, authorization: Self.bearer, further: Self.preflight) == ResolverTokenTests.valid)
        desk = Self.desk()
        #expect(desk.ask(.require, further: Self.preflight) == Self.turnedAway)
    }

    @Test(
        arguments: [
            [(.originalMethod, "GET"), (.origin, "https://app.example"), (.requestMethod, "PUT")],
            [(.originalMethod, "options"), (.origin, "https://app.example"), (.requestMethod, "PUT")],
            [(.originalMethod, "OPTIONS"), (.requestMethod, "PUT")],
            [(.originalMethod, "OPTIONS"), (.origin, "https://app.example")],
            [(.originalMethod, "OPTIONS"), (.origin, ""), (.requestMethod, "PUT")],
            [(.origin, "https://app.example"), (.requestMethod, "PUT")],
        ] as [Fields])
    func `what is no preflight is turned away`(fields: Fields) {
        var desk = Self.desk(preflights: true)
        #expect(desk.ask(.require, further: fields) == Self.turnedAway)
    }
}
