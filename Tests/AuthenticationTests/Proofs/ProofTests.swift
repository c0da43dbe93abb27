import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// A token that is bound to a key is taken from who proves that he has it, and from nobody else (contract section 23).
struct ProofTests {
    private static let valid = ResolverTokenTests.valid

    @Test func `a proof is good once, and the next one for the same token as well`() {
        var desk = Desk.ofProofs()
        for number in 0..<3 {
            let presentation = Presentation(identifier: "\(number)")
            #expect(desk.ask(presenting: presentation) == Self.valid)
            #expect(desk.ask(presenting: presentation) == Desk.invalid)
        }
        #expect(desk.refusals == ["token dpop_replayed": 3])
        #expect(desk.resolver.tokenCacheFigures.hits == 5, "the token itself is remembered as ever")
        // The token's once; of the proofs each is verified, and their key is made ready once.
        #expect(desk.resolver.signatures == 1 + 1 + 6)
    }

    /// Something wrong with a request, by its reason, in the order of the checks.
    struct Fault: Sendable {
        let reason: String
        let isOfProof: Bool
        let apply: @Sendable (inout Presentation) -> Void
    }

    static let faults = [
        Fault(reason: "dpop_unbound", isOfProof: false) { presentation in
            presentation.token.claims["cnf"] = nil
            let ath = presentation.proof?.claims["ath"]
            let hadRightHash = ath == #""\#(ProofMint.hash(of: Presentation().token.token))""#
            if hadRightHash { presentation.bindProof() }
        },
        Fault(reason: "dpop_missing", isOfProof: true) { $0.moreProofs = ["again"] },
        Fault(reason: "dpop_malformed", isOfProof: true) { $0.proof?.header["typ"] = #""JWT""# },
        Fault(reason: "dpop_algorithm", isOfProof: true) { $0.proof?.header["alg"] = #""ES384""# },
        Fault(reason: "dpop_method", isOfProof: true) { $0.method = "POST" },
        Fault(reason: "dpop_uri", isOfProof: true) { $0.target = "/orders/8" },
        Fault(reason: "dpop_time", isOfProof: true) { $0.proof?.claims["iat"] = "1799999939" },
        Fault(reason: "dpop_token", isOfProof: false) {
            $0.proof?.claims["ath"] = #""\#(ProofMint.hash(of: [1]))""#
        },
        Fault(reason: "dpop_key", isOfProof: false) {
            $0.proof?.header["jwk"] = String(decoding: otherKey.publicJWK, as: UTF8.self)
            $0.proof?.key = otherKey
        },
        Fault(reason: "dpop_signature", isOfProof: true) { presentation in
            // The key's over other bytes: the header is signed as well.
            presentation.proof?.key = otherKey
        },
        Fault(reason: "dpop_replayed", isOfProof: true) { _ in },
    ]

    private static let otherKey = sure { () throws(SigningKeyError) in try SigningKey(generating: .es256, kid: nil) }

    @Test(arguments: 0..<faults.count, 0..<faults.count) func `of two faults the first is the reason`(
        first: Int, second: Int
    ) {
        guard first <= second else { return }
        var desk = Desk.ofProofs()
        let replayed = Self.faults.count - 1
        if second == replayed { #expect(desk.ask(presenting: Presentation()) == Self.valid) }
        var presentation = Presentation()
        // The later one first: what it needs of the rest is right then.
        Self.faults[second].apply(&presentation)
        Self.faults[first].apply(&presentation)
        let fault = Self.faults[first]
        let code = fault.isOfProof ? "invalid_dpop_proof" : "invalid_token"
        #expect(
            desk.ask(.require, presenting: presentation) == [
                "HTTP/1.1 401 Unauthorized", #"WWW-Authenticate: DPoP algs="ES256", error="\#(code)""#,
                "x-authgear-session-valid: false",
            ])
        #expect(desk.refusals == ["token \(fault.reason)": 1])
        #expect(desk.ask(presenting: presentation) == Desk.invalid)
    }

    /// What a request is, and what it is refused for; nil when it is not.
    static let presentations: [(change: @Sendable (inout Presentation) -> Void, reason: String?)] = [
        ({ $0.scheme = "dpop" }, nil), ({ $0.scheme = "DPoP  " }, nil),
        ({ $0.scheme = "Bearer" }, "confirmation_unchecked"),
        ({ $0.proof = nil }, "dpop_missing"), ({ $0.proofText = "" }, "dpop_malformed"),
        ({ $0.proofText = "\($0.proof?.proof ?? ""), \($0.proof?.proof ?? "")" }, "dpop_missing"),
        ({ $0.proofText = "\($0.proof?.proof ?? "")," }, "dpop_missing"),
        ({ $0.proofText = String(repeating: "a", count: 5_000) }, "dpop_malformed"),
        ({ $0.proofText = "caf\u{e9}" }, "dpop_malformed"),
        ({ $0.proof?.header["alg"] = nil }, "dpop_algorithm"),
        ({ $0.proof?.header["alg"] = #""none""# }, "dpop_algorithm"),
        ({ $0.proof?.header["alg"] = #""HS256""# }, "dpop_algorithm"),
        ({ $0.method = nil }, "dpop_method"), ({ $0.method = "get" }, "dpop_method"),
        ({ $0.proof?.claims["htm"] = nil }, "dpop_method"), ({ $0.proof?.claims["htm"] = "1" }, "dpop_method"),
        ({ $0.target = nil }, "dpop_uri"), ({ $0.proof?.claims["htu"] = nil }, "dpop_uri"),
        ({ $0.target = "/orders/7?a=b" }, nil), ({ $0.proof?.claims["iat"] = "1799999940" }, nil),
        ({ $0.proof?.claims["iat"] = "1799999939.9" }, "dpop_time"),
        ({ $0.proof?.claims["iat"] = "1800000010" }, nil), ({ $0.proof?.claims["iat"] = "1800000011" }, "dpop_time"),
        ({ $0.proof?.claims["iat"] = nil }, "dpop_time"), ({ $0.proof?.claims["iat"] = #""1800000000""# }, "dpop_time"),
        ({ $0.proof?.claims["iat"] = "1e300" }, "dpop_time"), ({ $0.proof?.claims["iat"] = "-1e300" }, "dpop_time"),
        ({ $0.proof?.claims["ath"] = nil }, "dpop_token"), ({ $0.proof?.claims["ath"] = "{}" }, "dpop_token"),
        ({ $0.proof?.claims["jti"] = nil }, "dpop_replayed"), ({ $0.proof?.claims["jti"] = "7" }, "dpop_replayed"),
        ({ $0.proof?.claims["jti"] = #""""# }, "dpop_replayed"),
        ({ $0.proof?.claims["jti"] = "\"\(String(repeating: "j", count: 257))\"" }, "dpop_replayed"),
        ({ $0.proof?.claims["jti"] = "\"\(String(repeating: "j", count: 256))\"" }, nil),
        ({ $0.proof?.claims["nonce"] = #""x""# }, nil),
        (
            {
                $0.token.claims["cnf"] = #"{"jkt":"short"}"#
                $0.bindProof()
            }, "dpop_key"
        ),
        (
            {
                $0.token.claims["cnf"] = #"{"x5t#S256":"\#(ClientCertificateTests.thumbprint)"}"#
                $0.bindProof()
            }, "dpop_unbound"
        ),
        (
            {
                $0.token.claims["cnf"] = #"{"jkt":"x","x5c":[]}"#
                $0.bindProof()
            }, "confirmation_unknown"
        ),
    ]

    @Test(arguments: 0..<presentations.count) func `a request is good or has its reason`(number: Int) {
        let (change, reason) = Self.presentations[number]
        var desk = Desk.ofProofs()
        var presentation = Presentation()
        change(&presentation)
        // The same from memory: the token is asked about first with a proof of its own, where it can be good.
        if reason?.hasPrefix("confirmation_unknown") != true {
            var other = Presentation(identifier: "first")
            other.token = presentation.token
            other.bindProof()
            _ = desk.ask(presenting: other)
        }
        let before = desk.refusals
        #expect(desk.ask(presenting: presentation) == (reason == nil ? Self.valid : Desk.invalid))
        let new = desk.refusals.filter { before[$0.key] != $0.value }.map(\.key)
        #expect(new == (reason.map { ["token \($0)"] } ?? []))
    }

    @Test func `a thousand mutations of a right proof are refused, and it is good afterwards`() {
        var desk = Desk.ofProofs()
        var presentation = Presentation()
        let right = Array(presentation.proof?.proof.utf8 ?? "".utf8)
        presentation.proofText = String(decoding: right, as: UTF8.self)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=,+/ ".utf8)
        var generator = SeededGenerator(seed: 9449)
        var mutations = 0
        while mutations < 1_000 {
            var text = right
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: text.indices, using: &generator)
                let byte = alphabet[Int.random(in: alphabet.indices, using: &generator)]
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: text.remove(at: place)
                case 1: text.insert(byte, at: place)
                case 2: text.swapAt(place, Int.random(in: text.indices, using: &generator))
                default: text[place] = byte
                }
            }
            guard text != right else { continue }
            mutations += 1
            var mutated = presentation
            mutated.proofText = String(decoding: text, as: UTF8.self)
            #expect(desk.ask(presenting: mutated) == Desk.invalid, "\(mutated.proofText ?? "")")
        }
        #expect(desk.ask(presenting: presentation) == Self.valid, "nothing of what was refused is remembered as used")
    }

    @Test func `a key is made ready only for an algorithm that is allowed`() {
        var desk = Desk.ofProofs()
        #expect(desk.ask(presenting: Presentation()) == Self.valid)
        let signatures = desk.resolver.signatures
        var presentation = Presentation(identifier: "2")
        presentation.proof?.key = TestKeys.key(.rs256)
        presentation.proof?.header["alg"] = #""RS256""#
        presentation.proof?.header["jwk"] = String(decoding: TestKeys.key(.rs256).publicJWK, as: UTF8.self)
        #expect(desk.ask(presenting: presentation) == Desk.invalid)
        #expect(desk.refusals == ["token dpop_algorithm": 1])
        #expect(desk.resolver.signatures == signatures)
        // What is wrong at sight with the key itself comes before.
        let jwk = presentation.proof?.header["jwk"]?.replacing(#""e":"AQAB""#, with: #""e":"AQAA""#)
        presentation.proof?.header["jwk"] = jwk
        #expect(desk.ask(presenting: presentation) == Desk.invalid)
        #expect(desk.refusals["token dpop_malformed"] == 1)
        #expect(desk.resolver.signatures == signatures)
        // The numbers of an allowed one are looked at.
        let text = String(decoding: Base64URL.encode([UInt8](repeating: 1, count: 32).span.bytes), as: UTF8.self)
        var offCurve = Presentation(identifier: "3")
        offCurve.proof?.header["jwk"] = #"{"kty":"EC","crv":"P-256","x":"\#(text)","y":"\#(text)"}"#
        #expect(desk.ask(presenting: offCurve) == Desk.invalid)
        #expect(desk.refusals["token dpop_malformed"] == 2)
        #expect(desk.resolver.signatures == signatures + 1)
    }

    @Test(arguments: [Algorithm.es256, .es384, .es512, .rs256, .ps512, .edDSA])
    func `each configured algorithm's proofs are taken`(algorithm: Algorithm) {
        var rules = Desk.proofs
        rules.algorithms = [.es384, algorithm]
        var desk = Desk.ofProofs(rules)
        let key = TestKeys.key(algorithm)
        var presentation = Presentation(confirmation: ProofMint.confirmation(by: key))
        presentation.proof = ProofMint(for: presentation.token.token, key: key)
        #expect(desk.ask(presenting: presentation) == Self.valid)
        #expect(
            desk.ask(.require, presenting: presentation)[1]
                == #"WWW-Authenticate: DPoP algs="ES384 \#(algorithm.name)", error="invalid_dpop_proof""#)
    }
}
