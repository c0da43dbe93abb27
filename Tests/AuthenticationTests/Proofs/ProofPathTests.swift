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

    /// What an opaque token is presented with, about which its server is asked at first.
    private static func further(proof: String, method: String = "GET") -> [(RequestFields.Further, String)] {
        [(.originalMethod, method), (.originalURI, ProofMint.path), (.proof, proof)]
    }

    @Test(arguments: [0, 1, 3]) func `a proof is judged by when its request came, however slow others are`(seconds: Int)
    {
        var desk = Self.desk("opaque")
        let token = Array("opaque-1".utf8)
        desk.takes = .seconds(seconds)
        let last = ProofMint(for: token, at: desk.now - .seconds(60), identifier: "last").proof
        #expect(
            desk.ask(authorization: "DPoP opaque-1", further: Self.further(proof: last)).contains(
                "x-authgear-session-valid: true"))
        let late = ProofMint(for: token, at: desk.now - .seconds(61), identifier: "late").proof
        #expect(desk.ask(authorization: "DPoP opaque-1", further: Self.further(proof: late)) == Desk.invalid)
        #expect(desk.refusals == ["access_token dpop_time": 1])
        var other = Self.desk("opaque")
        other.takes = .seconds(seconds)
        let early = ProofMint(for: token, at: other.now + .seconds(11), identifier: "early").proof
        #expect(other.ask(authorization: "DPoP opaque-1", further: Self.further(proof: early)) == Desk.invalid)
        #expect(other.refusals == ["access_token dpop_time": 1])
    }

    @Test func `two requests with one proof, both of which wait beyond its time, are one too many`() {
        var desk = Self.desk("opaque")
        let proof = ProofMint(for: Array("opaque-1".utf8), at: desk.now - .seconds(60)).proof
        var (request, head) = Desk.request(.resolve, authorization: "DPoP opaque-1", cookies: [])
        for (field, value) in Self.further(proof: proof) {
            request.fields.add(field, at: FieldValue(start: head.count, end: head.count + value.utf8.count))
            head += Array(value.utf8)
        }
        let first = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment)
        let second = desk.resolver.resolve(request, in: head.span.bytes, now: desk.moment)
        var answers: [[String]] = []
        func go(on step: consuming Step, after seconds: Int) {
            guard case .wait(for: .claims(let question), let parked) = consume step else { return }
            desk.now = desk.now + .seconds(seconds)
            let reply = desk.claims(question)
            if case .answer(let answer) = desk.resolver.resume(parked, with: .claims(reply), now: desk.moment) {
                answers.append(Desk.lines(of: answer))
            }
        }
        go(on: first, after: 2)
        go(on: second, after: 2)
        #expect(answers.map { $0.contains("x-authgear-session-valid: true") } == [true, false])
        #expect(desk.refusals == ["access_token dpop_replayed": 1])
    }

    @Test func `a list of proofs is refused as one, whether its request has waited or not`() {
        for text in [String(repeating: "a", count: 5_000) + ",b", "a,b", String(repeating: "a", count: 4_097) + ","] {
            var desk = Self.desk("opaque")
            for round in 1...2 {
                #expect(desk.ask(authorization: "DPoP opaque-1", further: Self.further(proof: text)) == Desk.invalid)
                #expect(desk.refusals == ["access_token dpop_missing": round])
            }
            #expect(desk.introspections.count == 1, "the second one has not waited")
        }
    }

    @Test(arguments: ["introspected JWT", "userinfo", "opaque"])
    func `who has a token and not its key has nobody asked about it again`(way: String) {
        var desk = Self.desk(way)
        let token = way == "opaque" ? Array("opaque-1".utf8) : Presentation().token.token
        let authorization = "DPoP \(String(decoding: token, as: UTF8.self))"
        func proof(_ identifier: String) -> [(RequestFields.Further, String)] {
            Self.further(proof: ProofMint(for: token, at: desk.now, identifier: identifier).proof)
        }
        #expect(desk.ask(authorization: authorization, further: proof("1")).contains("x-authgear-session-valid: true"))
        // In the last fifth of what its answer lives.
        desk.now = desk.now + (way == "userinfo" ? .seconds(290) : .seconds(59))
        let signatures = desk.resolver.signatures
        for thief in ["Bearer \(authorization.dropFirst(5))", authorization] {
            #expect(desk.ask(authorization: thief) == Desk.invalid)
            #expect(desk.resolver.takeBackgroundClaims().isEmpty)
        }
        #expect(desk.resolver.signatures == signatures)
        #expect(desk.introspections.count == 1, "both were answered from memory")
        #expect(desk.ask(authorization: authorization, further: proof("2")).contains("x-authgear-session-valid: true"))
        #expect(desk.resolver.takeBackgroundClaims().count == 1)
    }

    @Test func `who has a token and not its key keeps no session alive`() {
        let user = TokenMint.subject
        func desk() -> Desk {
            var desk = Desk(
                issuers: [TokenMint.trustedIssuer(sessionCheck: .grant)], keys: TokenMint.ring(),
                store: [
                    "app:my-project:access-grant:\(TokenMint.grantHash)":
                        World.accessGrant(expireAt: TokenMint.now + .seconds(600)),
                    World.grantKey: World.grant(
                        user: user, createdAt: TokenMint.now - .seconds(9_000),
                        lastAccess: TokenMint.now - .seconds(7_200)),
                    "app:my-project:userinfo:\(user):__greatest__": Desk.user(),
                ], asking: AuthgearRules(touchAfter: .seconds(3_600)), dpop: Desk.proofs)
            desk.now = TokenMint.now
            return desk
        }
        var (stolen, owned) = (Presentation(), Presentation())
        var other = desk()
        (stolen.proof, stolen.scheme) = (nil, "Bearer")
        for scheme in ["Bearer", "DPoP"] {
            stolen.scheme = scheme
            #expect(other.ask(presenting: stolen) == Desk.invalid)
            #expect(other.resolver.takeBackgroundQuestions().isEmpty)
        }
        var own = desk()
        owned.bindProof()
        #expect(own.ask(presenting: owned).contains("x-authgear-session-valid: true"))
        #expect(own.resolver.takeBackgroundQuestions().map(\.purpose) == [.touch])
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

    func record(
        _ use: ReplayCache.Use, within window: ReplayCache.Window, now: Timestamp
    ) -> ReplayCache.Ruling {
        outcome ?? cache.record(use, within: window, now: now)
    }

    func ruling(
        on use: ReplayCache.Use, within window: ReplayCache.Window, now: Timestamp
    ) -> ReplayCache.Ruling {
        outcome ?? cache.ruling(on: use, within: window, now: now)
    }
}
