import AllocationCounter
import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// What is answered from memory allocates nothing, whatever the build.
struct AllocationTests {
    /// A request that is answered the same way each time, once it was asked before.
    struct Repeated: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var authorization: String?
        var apiToken: String?
        var cookies: [String] = []
        var answer: [String]
    }

    static let requests = [
        Repeated(testDescription: "no credential", answer: Desk.none),
        Repeated(testDescription: "another scheme", authorization: "Basic Zm9vOmJhcg==", answer: Desk.none),
        Repeated(testDescription: "cookies of others", cookies: ["a=1; b=2", "c"], answer: Desk.none),
        Repeated(
            testDescription: "a token that was verified",
            authorization: ResolverTokenTests.bearer(TokenMint().token), answer: ResolverTokenTests.valid),
        Repeated(
            testDescription: "a forged token",
            authorization: ResolverTokenTests.bearer(ResolverTokenTests.forged()), answer: Desk.invalid),
        Repeated(
            testDescription: "a token with a claim that can't be a header",
            authorization: ResolverTokenTests.bearer(ResolverTokenTests.unstatable()), answer: Desk.invalid),
        Repeated(testDescription: "a session", cookies: ["session=\(Desk.cookie)"], answer: Desk.valid),
        Repeated(
            testDescription: "a session behind other cookies", cookies: ["a=1; b=2", "c; session=\(Desk.cookie); d=4"],
            answer: Desk.valid),
        Repeated(
            testDescription: "a session behind a forged token",
            authorization: ResolverTokenTests.bearer(ResolverTokenTests.forged()),
            cookies: ["session=\(Desk.cookie)"], answer: Desk.valid),
        Repeated(
            testDescription: "a session behind another scheme", authorization: "Basic Zm9vOmJhcg==",
            cookies: ["session=\(Desk.cookie)"], answer: Desk.valid),
        Repeated(
            testDescription: "an opaque token", authorization: "Bearer \(World.token)", answer: Desk.valid),
        Repeated(
            testDescription: "an app session", cookies: ["app_session=\(World.appSession)"], answer: Desk.valid),
        Repeated(
            testDescription: "an opaque token in a cookie, behind other cookies",
            cookies: ["a=1; b=2; session=x.y", "app_access_token=\(World.token)"], answer: Desk.valid),
        Repeated(
            testDescription: "an API token", authorization: "Bearer \(APITokenTests.secret)",
            answer: APITokenTests.valid),
        Repeated(
            testDescription: "an API token in its header, behind a forged token",
            authorization: ResolverTokenTests.bearer(ResolverTokenTests.forged()), apiToken: APITokenTests.secret,
            cookies: ["session=\(Desk.cookie)"], answer: APITokenTests.valid),
        Repeated(
            testDescription: "an API token that has ended, and one that is not listed",
            authorization: "Bearer \(APITokenTests.ended)", apiToken: "agr_other", answer: Desk.invalid),
    ]

    @Test(arguments: requests, Endpoint.allCases)
    func `a request that is answered from memory allocates nothing`(request: Repeated, endpoint: Endpoint) {
        var desk = Self.desk()
        for _ in 0..<2 {
            #expect(
                desk.ask(
                    .resolve, authorization: request.authorization, apiToken: request.apiToken, cookies: request.cookies
                )
                    == request.answer)
        }
        let (asked, head) = Desk.request(
            endpoint, authorization: request.authorization, apiToken: request.apiToken, cookies: request.cookies)
        let (answers, allocations) = Self.resolve(asked, head, by: &desk.resolver, at: desk.moment, times: 100)
        #expect(answers == 100)
        #expect(allocations == 0)
    }

    @Test func `a token that ends with its session allocates nothing while both are known`() {
        let key = "app:my-project:access-grant:\(TokenMint.grantHash)"
        let user = TokenMint.subject
        let store = [
            key: World.accessGrant(expireAt: TokenMint.now + .seconds(60)),
            World.grantKey: World.grant(user: user, createdAt: TokenMint.now, lastAccess: TokenMint.now),
            "app:my-project:userinfo:\(user):__greatest__": Desk.user(),
        ]
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer(sessionCheck: .grant)], keys: TokenMint.ring(), store: store)
        desk.now = TokenMint.now
        desk.resolver.trustSessions(until: .max)
        let bearer = ResolverTokenTests.bearer(TokenMint().token)
        #expect(desk.ask(authorization: bearer).contains("x-authgear-user-id: \(user)"))
        let (request, head) = Desk.request(.resolve, authorization: bearer, cookies: [])
        let (answers, allocations) = Self.resolve(request, head, by: &desk.resolver, at: desk.moment, times: 100)
        #expect(answers == 100)
        #expect(allocations == 0)
    }

    @Test func `a forged token takes no signature again while another issuer has no keys`() {
        let other = TrustedIssuer(
            identifier: "https://other.example", audiences: [TokenMint.audience], algorithms: .all, leeway: .zero)
        var desk = Desk(
            issuers: [other, TokenMint.trustedIssuer()],
            keys: KeyRing(issuers: KeyRing.empty(issuers: 1).issuers + TokenMint.ring().issuers))
        desk.now = TokenMint.now
        let bearer = ResolverTokenTests.bearer(ResolverTokenTests.forged())
        #expect(desk.ask(authorization: bearer) == Desk.invalid)
        let (request, head) = Desk.request(.resolve, authorization: bearer, cookies: [])
        let (answers, allocations) = Self.resolve(request, head, by: &desk.resolver, at: desk.moment, times: 100)
        #expect(answers == 100)
        #expect(allocations == 0)
    }

    @Test func `an allocation is counted, Swift's and C's alike`() {
        let start = allocation_count()
        let bytes = [UInt8](repeating: 1, count: start > 0 ? 1_000 : 2_000)
        let afterSwift = allocation_count()
        #expect(TestKeys.stranger.kid != nil && bytes.count >= 1_000)
        #expect(afterSwift > start)
        #expect(allocation_count() > afterSwift)
    }

    /// How many of the requests were answered at once, and how many allocations they took together.
    @Test(arguments: Endpoint.allCases, ["allowed", "refused", "fresh"])
    func `a request under an access policy that is answered from memory allocates nothing`(
        endpoint: Endpoint, policy: String
    ) {
        var policies = (0..<61).map { AccessPolicy(name: "other-\($0)") }
        for name in ["allowed", "refused", "fresh"] { policies.append(AccessPolicy(name: name)) }
        policies[61].isVerified = true
        policies[62].isVerified = false
        policies[63].maximumAge = .seconds(86_400)
        var desk = Self.desk()
        var settings = desk.settings
        settings.accessPolicies = policies
        desk.resolver.adopt(settings)
        let bearer = ResolverTokenTests.bearer(TokenMint().token)
        for (authorization, cookies) in [(bearer, []), (nil, ["session=\(Desk.cookie)"])] as [(String?, [String])] {
            for _ in 0..<2 { _ = desk.ask(endpoint, policy: policy, authorization: authorization, cookies: cookies) }
            var (request, head) = Desk.request(endpoint, authorization: authorization, cookies: cookies)
            request.policy = desk.resolver.policy(named: Array(policy.utf8).span.bytes)
            #expect(request.policy != nil)
            let (answers, allocations) = Self.resolve(request, head, by: &desk.resolver, at: desk.moment, times: 100)
            #expect(answers == 100)
            #expect(allocations == 0)
        }
    }

    static func resolve(
        _ request: ResolveRequest, _ head: [UInt8], by resolver: inout Resolver, at now: Moment, times: Int
    ) -> (answers: Int, allocations: Int) {
        var answers = 0
        let before = allocation_count()
        for _ in 0..<times {
            if case .answer = resolver.resolve(request, in: head.span.bytes, now: now) { answers += 1 }
        }
        return (answers, allocation_count() - before)
    }

    @Test func `an unbound token allocates nothing where proofs are checked`() {
        var desk = Desk.ofProofs()
        var presentation = Presentation(confirmation: nil)
        (presentation.scheme, presentation.proof) = ("Bearer", nil)
        for _ in 0..<2 { #expect(desk.ask(presenting: presentation) == ResolverTokenTests.valid) }
        let (asked, head) = Desk.request(.require, authorization: presentation.authorization, cookies: [])
        let (answers, allocations) = Self.resolve(asked, head, by: &desk.resolver, at: desk.moment, times: 100)
        #expect(answers == 100)
        #expect(allocations == 0)
    }

    private static func desk() -> Desk {
        let later = TokenMint.now + .seconds(60)
        var store = Desk.store(session: Desk.session(createdAt: TokenMint.now, lastAccess: TokenMint.now))
        store[World.accessGrantKey] = World.accessGrant(expireAt: later)
        store[World.appSessionKey] = World.appSession(expireAt: later)
        store[World.grantKey] = World.grant(createdAt: TokenMint.now, lastAccess: TokenMint.now)
        var desk = ResolverTokenTests.desk(store: store)
        desk.resolver.adopt(APITokenList([APITokenTests.token()]))
        desk.resolver.trustSessions(until: .max)
        return desk
    }

    @Test func `a digest is compared with its text, and joined with others' bytes, without an allocation`() {
        let start: [UInt8] = [1]
        var digest = SHA256Digest(of: start.span.bytes)
        for round in 0..<200 {
            let text = Base64URL.encode(digest.bytes.span.bytes)
            let rest = Array(text.dropLast(7))
            let joined = digest.bytes + rest
            let before = allocation_count()
            let isSame = digest.equalsBase64URL(text.span.bytes)
            let isOther = digest.equalsBase64URL(rest.span.bytes)
            let next = SHA256Digest(of: digest, followedBy: rest.span.bytes)
            let allocations = allocation_count() - before
            // The first hash has libcrypto make itself ready.
            #expect(allocations == 0 || round == 0)
            #expect(isSame && !isOther)
            for place in text.indices {
                var wrong = text
                wrong[place] ^= 1
                let isTaken = digest.equalsBase64URL(wrong.span.bytes)
                #expect(!isTaken)
            }
            let expected = SHA256Digest(of: joined.span.bytes)
            #expect(next == expected)
            digest = next
        }
    }
}
