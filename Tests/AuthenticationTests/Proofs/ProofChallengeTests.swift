import Authentication
import Fixtures
import JOSE
import Testing

/// What a 401 and a 403 say where proofs are taken: one line, the parameters in their order (contract section 23).
struct ProofChallengeTests {
    private static let stated = Challenge(realm: "api", resourceMetadata: "https://api.example.com/.well-known/x")
    private static let policies: [AccessPolicy] = {
        var scope = AccessPolicy(name: "scope")
        scope.scopes = [Array("stock:read".utf8)]
        var age = AccessPolicy(name: "age")
        age.maximumAge = .seconds(300)
        return [scope, age]
    }()

    private static func desk(challenge: Challenge = stated, compatibility: Compatibility = .spec) -> Desk {
        Desk.ofProofs(policies: policies, challenge: challenge, compatibility: compatibility)
    }

    private static func challenge(_ answer: [String]) -> [String] { answer.filter { $0.hasPrefix("WWW-") } }

    private static let both = #"WWW-Authenticate: DPoP realm="api", algs="ES256", Bearer realm="api""#
    private static let metadata = #"resource_metadata="https://api.example.com/.well-known/x""#

    @Test func `without a DPoP credential a 401 names both schemes`() {
        var desk = Self.desk()
        #expect(Self.challenge(desk.ask(.require)) == ["\(Self.both), \(Self.metadata)"])
        #expect(Self.challenge(desk.ask(.require, cookies: ["session=x.y"])) == ["\(Self.both), \(Self.metadata)"])
        #expect(
            Self.challenge(desk.ask(.require, authorization: ResolverTokenTests.bearer(ResolverTokenTests.expired())))
                == [#"\#(Self.both), error="invalid_token", \#(Self.metadata)"#])
        #expect(
            Self.challenge(desk.ask(.require, policy: "age", cookies: ["session=\(Desk.cookie)"]))
                == [
                    #"\#(Self.both), error="insufficient_user_authentication", max_age="300", \#(Self.metadata)"#
                ])
        // A 403 is no 401.
        let bearer = ResolverTokenTests.bearer(TokenMint().token)
        #expect(
            Self.challenge(desk.ask(.require, policy: "scope", authorization: bearer)) == [
                #"WWW-Authenticate: Bearer realm="api", error="insufficient_scope", scope="stock:read", \#(Self.metadata)"#
            ])
        #expect(
            desk.ask(.require, policy: "scope", cookies: ["session=\(Desk.cookie)"]).first == "HTTP/1.1 403 Forbidden")
        #expect(Self.challenge(desk.ask(.require, policy: "scope", cookies: ["session=\(Desk.cookie)"])).isEmpty)
    }

    @Test func `with one every challenge is DPoP's alone, a policy's as well`() {
        var desk = Self.desk()
        let dpop = #"WWW-Authenticate: DPoP realm="api", algs="ES256""#
        var presentation = Presentation()
        presentation.method = "POST"
        #expect(
            Self.challenge(desk.ask(.require, presenting: presentation))
                == [#"\#(dpop), error="invalid_dpop_proof", \#(Self.metadata)"#])
        presentation = Presentation()
        presentation.token.claims["exp"] = "1"
        #expect(
            Self.challenge(desk.ask(.require, presenting: presentation)) == [
                #"\#(dpop), error="invalid_token", \#(Self.metadata)"#
            ]
        )
        #expect(
            desk.ask(.require, policy: "scope", presenting: Presentation(identifier: "2")) == [
                "HTTP/1.1 403 Forbidden",
                #"\#(dpop), error="insufficient_scope", scope="stock:read", \#(Self.metadata)"#,
                "x-authgear-refused: scope",
            ])
        #expect(
            Self.challenge(desk.ask(.require, policy: "age", presenting: Presentation(identifier: "3"))) == [
                #"\#(dpop), error="insufficient_user_authentication", max_age="300", \#(Self.metadata)"#
            ])
        // The session is what the policy judges; the token was presented all the same.
        presentation.cookies = ["session=\(Desk.cookie)"]
        #expect(
            Self.challenge(desk.ask(.require, policy: "scope", presenting: presentation))
                == [#"\#(dpop), error="insufficient_scope", scope="stock:read", \#(Self.metadata)"#])
    }

    @Test func `where what is invalid counts as none, a DPoP credential is challenged with DPoP`() {
        var desk = Self.desk(challenge: Challenge(), compatibility: .authgear)
        var presentation = Presentation()
        presentation.method = "POST"
        #expect(
            desk.ask(.require, presenting: presentation) == [
                "HTTP/1.1 401 Unauthorized", #"WWW-Authenticate: DPoP algs="ES256""#,
            ])
        #expect(
            desk.ask(.require) == ["HTTP/1.1 401 Unauthorized", #"WWW-Authenticate: DPoP algs="ES256", Bearer"#])
    }

    @Test func `where no proofs are taken, the scheme is another one's`() {
        var desk = Desk.ofProofs(nil)
        #expect(
            desk.ask(.require, presenting: Presentation()) == ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Bearer"])
        var presentation = Presentation()
        presentation.scheme = "Bearer"
        #expect(desk.ask(presenting: presentation) == Desk.invalid)
        #expect(desk.refusals == ["token confirmation_unchecked": 1])
    }
}
