import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// Authgear is asked about a share of the requests as well, to compare its answers with ours; no answer changes by it
/// (contract section 12).
struct ShadowTests {
    private static let cookies = ["session=\(Desk.cookie)"]

    private static func desk(share: Double = 1, compatibility: Compatibility = .authgear) -> Desk {
        Desk(
            store: Desk.store(), compatibility: compatibility,
            asking: AuthgearRules(touchAfter: nil, shadowShare: share))
    }

    /// What Authgear would say of the same records: it leaves `amr` empty.
    private static func identity(roles: [String] = ["stock.view"], user: String = "e307") -> Identity {
        var claims = IdentityClaims()
        claims.isAnonymous = false
        claims.isVerified = true
        claims.canReauthenticate = true
        claims.roles = roles.map { Array($0.utf8) }
        return Identity(
            userID: Array(user.utf8), claims: claims, authenticatedAt: Timestamp(seconds: 1_795_000_000))
    }

    /// What is compared so far, such as `["same": 1]` and `["x-authgear-user-roles": 1]`.
    private static func figures(_ desk: borrowing Desk) -> (results: [String: Int], differences: [String: Int]) {
        var figures: (results: [String: Int], differences: [String: Int]) = ([:], [:])
        desk.resolver.tally.shadow.forEachResult { if $1 > 0 { figures.results["\($0)"] = $1 } }
        desk.resolver.tally.shadow.forEachDifference { if $1 > 0 { figures.differences["\($0)"] = $1 } }
        return figures
    }

    private static func conclude(_ desk: inout Desk, with reply: AuthgearReply) {
        for asked in desk.resolver.takeBackgroundQuestions() {
            desk.resolver.conclude(asked, with: reply, now: desk.moment)
        }
    }

    static let replies: [(reply: AuthgearReply, results: [String: Int], differences: [String: Int])] = [
        (.valid(identity()), ["same": 1], [:]),
        (.valid(identity(roles: ["a"])), ["different": 1], ["x-authgear-user-roles": 1]),
        (.valid(identity(roles: [])), ["different": 1], ["x-authgear-user-roles": 1]),
        (.valid(identity(user: "b")), ["different": 1], ["x-authgear-user-id": 1]),
        (.unknown(.unreachable), ["authgear_unreachable": 1], [:]),
        (.unknown(.timedOut), ["authgear_timed_out": 1], [:]),
        (.unknown(.overloaded), ["authgear_overloaded": 1], [:]),
        (.unknown(.refused), ["authgear_refused": 1], [:]),
    ]

    @Test(arguments: replies)
    func `a valid answer is compared header by header`(
        reply: AuthgearReply, results: [String: Int], differences: [String: Int]
    ) {
        var desk = Self.desk()
        let lines = desk.ask(cookies: Self.cookies)
        #expect(lines.contains("x-authgear-user-id: e307"))
        Self.conclude(&desk, with: reply)
        #expect(Self.figures(desk) == (results, differences))
        let told = desk.resolver.takeShadowDifferences() ?? []
        #expect(Dictionary(uniqueKeysWithValues: told.map { ("\($0.header)", $0.count) }) == differences)
        #expect(desk.resolver.takeShadowDifferences() == nil)
        #expect(desk.ask(cookies: Self.cookies) == lines, "and it changes nothing, whatever it is")
    }

    @Test(
        arguments: [
            (.authgear, nil, ["session=a8c1.wrong"], .invalid, ["same": 1]),
            (.authgear, nil, ["session=a8c1.wrong"], .silent, ["different": 1]),
            // To Authgear a bearer token that it does not know is none at all.
            (.authgear, "Bearer unknown", [], .silent, ["same": 1]),
            (.spec, "Bearer unknown", [], .silent, ["different": 1]),
            (.spec, "Bearer unknown", [], .invalid, ["same": 1]),
        ] as [(Compatibility, String?, [String], AuthgearReply, [String: Int])])
    func `invalid and none are told apart`(
        compatibility: Compatibility, authorization: String?, cookies: [String], reply: AuthgearReply,
        results: [String: Int]
    ) {
        var desk = Self.desk(compatibility: compatibility)
        _ = desk.ask(authorization: authorization, cookies: cookies)
        Self.conclude(&desk, with: reply)
        #expect(Self.figures(desk).results == results)
        let isSame = results["same"] != nil
        #expect(Self.figures(desk).differences == (isSame ? [:] : ["x-authgear-session-valid": 1]))
    }

    @Test func `with compat spec it shows the authentication methods that Authgear leaves out`() {
        var desk = Self.desk(compatibility: .spec)
        _ = desk.ask(cookies: Self.cookies)
        Self.conclude(&desk, with: .valid(Self.identity()))
        #expect(Self.figures(desk).differences == ["x-authgear-session-amr": 1])
    }

    @Test func `the question has all credentials of the request and nothing else of it`() throws {
        var desk = Self.desk()
        desk.store[Desk.sessionKey] = .missing
        _ = desk.ask(
            authorization: "bearer tok", cookies: ["a=1; session=x.y; app_session=app", #"session="z.w"; b=2"#])
        let questions = desk.resolver.takeBackgroundQuestions()
        #expect(questions.map(\.purpose) == [.shadow])
        let question = try #require(questions.first?.question)
        #expect(!question.wasValid)
        guard case .request(let authorization, let cookies) = question.credential else {
            Issue.record("it is about one credential")
            return
        }
        #expect(authorization == Array("Bearer tok".utf8))
        #expect(String(decoding: cookies, as: UTF8.self) == "app_session=app; session=x.y; session=z.w")
        #expect("\(question)" == "question about a request")
    }

    @Test func `a request that waited is compared as it was answered in the end`() {
        var desk = Desk(
            store: Desk.store(user: .missing), compatibility: .authgear,
            asking: AuthgearRules(touchAfter: nil, shadowShare: 1))
        desk.authgear = .valid(Self.identity())
        desk.whenAsked = { $0[Desk.userKey] = Desk.user() }
        #expect(desk.ask(cookies: Self.cookies).contains("x-authgear-user-roles: stock.view"))
        let questions = desk.resolver.takeBackgroundQuestions()
        #expect(questions.count == 1 && questions[0].question.wasValid)
        for asked in questions { desk.resolver.conclude(asked, with: .valid(Self.identity()), now: desk.moment) }
        #expect(Self.figures(desk).results == ["same": 1])
    }

    @Test func `what is unknown here is counted, and nothing is asked`() {
        var desk = Self.desk()
        desk.store[Desk.sessionKey] = .unavailable(.timedOut)
        _ = desk.ask(cookies: Self.cookies)
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
        #expect(Self.figures(desk).results == ["unknown": 1])
    }

    @Test func `a stranger, and what no request can carry, is not asked about`() {
        var desk = Self.desk()
        _ = desk.ask()
        _ = desk.ask(cookies: ["a=b"])
        _ = desk.ask(authorization: "Basic Zm9v")
        _ = desk.ask(authorization: "Bearer a\u{1}b")
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
    }

    @Test(arguments: [(0.0, 0...0), (0.25, 2_200...2_800), (1.0, 10_000...10_000)])
    func `about its share of the requests is asked about`(share: Double, expected: ClosedRange<Int>) {
        var desk = Self.desk(share: share)
        var count = 0
        for _ in 0..<10_000 {
            _ = desk.answer(cookies: Self.cookies)
            count += desk.resolver.takeBackgroundQuestions().count
        }
        // 2,500 with a standard deviation of 43.
        #expect(expected.contains(count))
    }

    @Test func `what another site may have sent, and a token that is nobody else's, are not asked about`() {
        var desk = Desk(
            asking: AuthgearRules(touchAfter: nil, shadowShare: 1), csrf: CSRFRules(origins: ["https://app.example"]))
        _ = desk.ask(cookies: Self.cookies)
        _ = desk.ask(cookies: Self.cookies, further: [(.originalMethod, "POST"), (.origin, "https://evil.example")])
        _ = desk.ask(
            cookies: ["app_access_token=agr_\(String(repeating: "a", count: 43))"], further: [(.originalMethod, "GET")])
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
        _ = desk.ask(cookies: Self.cookies, further: [(.originalMethod, "GET")])
        #expect(desk.resolver.takeBackgroundQuestions().count == 1)
    }

    private static func digest(_ byte: UInt8) -> SHA256Digest {
        let bytes = [byte]
        return SHA256Digest(of: bytes.span.bytes)
    }

    /// What of a bound token is right, and whether that makes the request valid here.
    static let bound: [(scheme: String, certificate: String?, isValid: Bool)] = [
        ("Bearer", digest(1).hex, true), ("Bearer", digest(2).hex, false),
        ("Bearer", nil, false), ("DPoP", nil, false),
    ]

    @Test(arguments: 0..<bound.count, [false, true])
    func `what is bound to a key is not compared, for Authgear has no proof`(number: Int, hasSession: Bool) {
        let (scheme, certificate, isValid) = Self.bound[number]
        let digest = Base64URL.encode(Self.digest(1).bytes.span.bytes)
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(),
            store: Desk.store(session: Desk.session(createdAt: TokenMint.now, lastAccess: TokenMint.now)),
            compatibility: .authgear, asking: AuthgearRules(touchAfter: nil, shadowShare: 1), dpop: Desk.proofs,
            clientCertificate: ClientCertificateRules(format: .xfcc))
        desk.now = TokenMint.now
        var presentation = Presentation(
            confirmation: #"{"x5t#S256":"\#(String(decoding: digest, as: UTF8.self))"}"#)
        (presentation.proof, presentation.scheme) = (nil, scheme)
        presentation.certificates = [certificate.map { "Hash=\($0)" }].compactMap(\.self)
        if hasSession { presentation.cookies = Self.cookies }
        let lines = desk.ask(presenting: presentation)
        #expect(lines.contains("x-authgear-user-id: \(TokenMint.subject)") == isValid)
        #expect(lines.contains("x-authgear-user-id: e307") == (hasSession && !isValid))
        #expect(desk.resolver.takeBackgroundQuestions().isEmpty)
        // The session alone is.
        _ = desk.ask(cookies: Self.cookies)
        #expect(desk.resolver.takeBackgroundQuestions().count == 1)
    }
}
