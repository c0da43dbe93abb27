import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// On whatever way an answer comes, what is bound is given to nobody without its proof (contract sections 23 and 24).
struct ProofPathTests {
    private static let valid = ResolverTokenTests.valid

    /// Desks that know a bound token, each on a way of its own: its answer waits for something at first, and is remembered then.
    private static func desk(_ way: String) -> Desk {
        let user = TokenMint.subject
        let active =
            #"{"active":true,"sub":"\#(user)","aud":"\#(TokenMint.audience)","cnf":\#(ProofMint.confirmation())}"#
        var desk: Desk
        switch way {
        case "verified": desk = Desk.ofProofs(policies: policies)
        case "session":
            desk = Desk(
                issuers: [TokenMint.trustedIssuer(sessionCheck: .grant)], keys: TokenMint.ring(),
                store: [
                    "app:my-project:access-grant:\(TokenMint.grantHash)":
                        World.accessGrant(expireAt: TokenMint.now + .seconds(600)),
                    World.grantKey: World.grant(user: user, createdAt: TokenMint.now, lastAccess: TokenMint.now),
                    "app:my-project:userinfo:\(user):__greatest__": Desk.user(),
                ], policies: policies, dpop: Desk.proofs)
        case "introspected JWT":
            var introspector = Introspector(TokenMint.trustedIssuer(), id: 0)
            introspector.takesJWTs = true
            desk = Desk(
                issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(), policies: policies,
                introspectors: [introspector], dpop: Desk.proofs)
            desk.endpoint[String(decoding: Presentation().token.token, as: UTF8.self)] = .success(active)
        case "userinfo":
            var wanted = TokenMint.trustedIssuer().claims.places
            wanted.headers = [ClaimHeader("x-name", from: ClaimPlace("name"))]
            let claims = UserinfoClaims(named: [], among: wanted)
            desk = Desk(
                issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(), policies: policies,
                userinfos: [UserinfoServer("id", id: 0, claims: claims)], dpop: Desk.proofs)
            desk.userinfo[String(decoding: Presentation().token.token, as: UTF8.self)] = .success(
                #"{"sub":"\#(user)","name":"n","cnf":{"jkt":"x"}}"#)
        default:
            desk = Desk(
                sessions: nil, policies: policies, introspectors: [Introspector(TokenMint.trustedIssuer(), id: 0)],
                dpop: Desk.proofs)
            desk.endpoint["opaque-1"] = .success(active)
        }
        desk.now = TokenMint.now
        return desk
    }

    private static let policies: [AccessPolicy] = {
        var bound = AccessPolicy(name: "bound")
        bound.isBound = true
        return [AccessPolicy(name: "any"), bound]
    }()

    @Test(arguments: ["verified", "session", "introspected JWT", "userinfo", "opaque"], [false, true])
    func `a bound token is valid with a proof alone, at first and from memory, under every policy`(
        way: String, trusts: Bool
    ) {
        var desk = Self.desk(way)
        if trusts { desk.resolver.trustSessions(until: .max) }
        func present(_ identifier: String, scheme: String = "DPoP", hasProof: Bool = true) -> (String, Presentation) {
            var presentation = Presentation(identifier: identifier)
            presentation.scheme = scheme
            let token = way == "opaque" ? Array("opaque-1".utf8) : presentation.token.token
            presentation.proof =
                hasProof ? ProofMint(for: token, identifier: identifier) : nil
            return ("\(scheme) \(String(decoding: token, as: UTF8.self))", presentation)
        }
        for round in 0..<3 {
            let kind = way == "opaque" ? "access_token" : "token"
            let before = desk.refusals
            let (bearer, _) = present("", scheme: "Bearer")
            #expect(desk.ask(authorization: bearer) == Desk.invalid)
            #expect(
                desk.refusals["\(kind) confirmation_unchecked"] == (before["\(kind) confirmation_unchecked"] ?? 0) + 1)
            let (authorization, bare) = present("", hasProof: false)
            #expect(desk.ask(authorization: authorization, further: bare.further) == Desk.invalid)
            #expect(desk.refusals["\(kind) dpop_missing"] == round + 1)
            for (number, policy) in [nil, "any", "bound"].enumerated() {
                let (authorization, right) = present("\(round) \(number)")
                let answer = desk.ask(
                    .require, policy: policy, authorization: authorization, further: right.further)
                #expect(answer.first == "HTTP/1.1 200 OK" && answer.contains("x-authgear-session-valid: true"))
                #expect(
                    desk.ask(.require, policy: policy, authorization: authorization, further: right.further).first
                        == "HTTP/1.1 401 Unauthorized")
            }
            if way != "opaque" {
                let cookie = "app_access_token=\(bearer.dropFirst(7))"
                #expect(desk.ask(cookies: [cookie], further: present("cookie \(round)").1.further) == Desk.invalid)
            }
        }
    }

    @Test func `a bound policy wants a token that was proved`() {
        var desk = Desk.ofProofs(policies: Self.policies)
        var unbound = Presentation(confirmation: nil)
        (unbound.scheme, unbound.proof) = ("Bearer", nil)
        #expect(
            desk.ask(.require, policy: "bound", presenting: unbound) == [
                "HTTP/1.1 401 Unauthorized",
                #"WWW-Authenticate: DPoP algs="ES256", Bearer error="invalid_token""#, "x-authgear-refused: bound",
            ])
        #expect(desk.ask(.require, policy: "bound", presenting: Presentation()).first == "HTTP/1.1 200 OK")
        #expect(
            desk.ask(.require, policy: "bound", cookies: ["session=\(Desk.cookie)"]).contains(
                "x-authgear-refused: bound"))
    }

    @Test func `what is not proved leaves the other credentials of the request as they are`() {
        var desk = Desk.ofProofs()
        var presentation = Presentation()
        (presentation.proof, presentation.cookies) = (nil, ["session=\(Desk.cookie)"])
        #expect(desk.ask(presenting: presentation) == Desk.valid)
        presentation.cookies = ["session=x.y"]
        #expect(desk.ask(presenting: presentation) == Desk.invalid)
    }

    @Test func `the answer of a session is not that of a bound token that rests on it`() {
        var desk = Self.desk("session")
        desk.resolver.trustSessions(until: .max)
        #expect(desk.ask(presenting: Presentation()).contains("x-authgear-session-valid: true"))
        #expect(
            desk.ask(.resolve, policy: nil, presenting: Presentation(identifier: "2")).contains(
                "x-authgear-session-valid: true"))
    }

    @Test func `two event loops share what was used`() {
        let replays = SharedReplays()
        var one = Desk.ofProofs(replays: replays)
        var other = Desk.ofProofs(replays: replays)
        let presentation = Presentation()
        #expect(one.ask(presenting: presentation) == Self.valid)
        #expect(other.ask(presenting: presentation) == Desk.invalid)
        #expect(other.refusals == ["token dpop_replayed": 1])
        #expect(other.ask(presenting: Presentation(identifier: "2")) == Self.valid)
    }

    @Test func `no room for another proof is unknown`() {
        let replays = SharedReplays()
        replays.outcome = .full
        var desk = Desk.ofProofs(replays: replays)
        #expect(desk.ask(.require, presenting: Presentation()) == Desk.unknown(.proofMemoryFull))
        #expect(desk.refusals.isEmpty)
        replays.outcome = .tooOld
        #expect(desk.ask(presenting: Presentation()) == Desk.invalid)
        #expect(desk.refusals == ["token dpop_time": 1])
    }

    /// Other rules, and what becomes of a bound token whose answer is remembered; then of the same under the first rules again.
    @Test func `a reload that takes proofs away refuses what is bound, and one that brings them back takes it`() {
        var desk = Self.desk("opaque")
        func ask(_ identifier: String) -> [String] {
            desk.ask(
                authorization: "DPoP opaque-1",
                further: [
                    (.originalMethod, "GET"), (.originalURI, ProofMint.path),
                    (.proof, ProofMint(for: Array("opaque-1".utf8), identifier: identifier).proof),
                ])
        }
        #expect(ask("1").contains("x-authgear-session-valid: true"))
        var without = desk.settings
        without.dpop = nil
        desk.resolver.adopt(without)
        #expect(ask("2") == Desk.none, "the scheme is none of ours any more")
        #expect(desk.ask(authorization: "Bearer opaque-1") == Desk.invalid)
        #expect(desk.introspections.count == 1, "it is refused from memory")
        #expect(desk.refusals == ["access_token confirmation_unchecked": 1])
        desk.now = desk.now + .seconds(61)
        #expect(desk.ask(authorization: "Bearer opaque-1") == Desk.invalid)
        #expect(desk.introspections.count == 2)
        desk.resolver.adopt(desk.settings)
        desk.now = desk.now + .seconds(1)
        let late = ProofMint(for: Array("opaque-1".utf8), at: desk.now, identifier: "3").proof
        #expect(
            desk.ask(
                authorization: "DPoP opaque-1",
                further: [(.originalMethod, "GET"), (.originalURI, ProofMint.path), (.proof, late)]
            ).contains("x-authgear-session-valid: true"), "that it was refused is forgotten")
        #expect(desk.introspections.count == 3)
    }

    @Test func `an issuer whose gateway checks itself has bearer tokens`() {
        var issuer = TokenMint.trustedIssuer()
        issuer.confirmation = .ignore
        var desk = Desk(issuers: [issuer], keys: TokenMint.ring(), policies: Self.policies, dpop: Desk.proofs)
        desk.now = TokenMint.now
        var presentation = Presentation()
        #expect(desk.ask(presenting: presentation) == Desk.invalid)
        #expect(desk.refusals == ["token dpop_unbound": 1])
        (presentation.scheme, presentation.proof) = ("Bearer", nil)
        #expect(desk.ask(presenting: presentation) == Self.valid)
        #expect(desk.ask(.require, policy: "bound", presenting: presentation).contains("x-authgear-refused: bound"))
    }

    @Test func `an API token under DPoP is bound to nothing`() {
        var desk = Desk(apiTokens: [APITokenTests.token()], dpop: Desk.proofs)
        desk.now = Desk.now
        #expect(desk.ask(authorization: "DPoP \(APITokenTests.secret)") == Desk.invalid)
        #expect(desk.refusals == ["api_token dpop_unbound": 1])
        #expect(desk.ask(authorization: "Bearer \(APITokenTests.secret)") == APITokenTests.valid)
    }

    @Test func `two statements about one token bind it to what both name`() {
        var desk = Self.desk("introspected JWT")
        let other = sure { () throws(SigningKeyError) in try SigningKey(generating: .es256, kid: nil) }
        let token = String(decoding: Presentation().token.token, as: UTF8.self)
        desk.endpoint[token] = .success(
            #"{"active":true,"sub":"\#(TokenMint.subject)","aud":"\#(TokenMint.audience)","cnf":\#(ProofMint.confirmation(by: other))}"#
        )
        #expect(desk.ask(presenting: Presentation()) == Desk.invalid)
        #expect(desk.refusals == ["token dpop_key": 1])
    }
}

/// What event loops share, in one thread.
final class SharedReplays: ReplayMemory, @unchecked Sendable {
    private var cache = ReplayCache()
    /// In place of what is true; nil: that.
    var outcome: ReplayCache.Ruling?

    func record(_ use: ReplayCache.Use, goodFor age: Duration, now: Timestamp) -> ReplayCache.Ruling {
        outcome ?? cache.record(use, goodFor: age, now: now)
    }
}
