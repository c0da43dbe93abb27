import Bytes
import Fixtures
import JOSE
import Testing

/// Which key a token is verified with (contract section 4, step 6), and what is said when there is none.
@Suite struct KeyChoiceTests {
    let verifier = TokenMint.verifier()

    /// The same key pair, published in another way than it signs.
    private func set(_ keys: String...) throws -> KeyRing {
        let set = try KeySet(#"{"keys":[\#(keys.joined(separator: ","))]}"#)
        return KeyRing(issuers: [IssuerKeys(set: set, usableUntil: .max)])
    }

    private func jwk(_ algorithm: Algorithm, _ replace: (String, String)...) -> String {
        var text = String(decoding: TestKeys.key(algorithm).publicJWK, as: UTF8.self)
        for (old, new) in replace { text = text.replacing(old, with: new) }
        return text
    }

    @Test func `without kid the one key that fits alg is taken`() throws {
        var mint = TokenMint(.es256)
        mint.header["kid"] = nil
        #expect(verifier.verify(mint.token).token != nil)
    }

    @Test func `without kid two keys that fit are refused`() throws {
        var mint = TokenMint(.rs256)
        mint.header["kid"] = nil
        let ring = TokenMint.ring([TestKeys.key(.rs256), TestKeys.stranger])
        #expect(verifier.verify(mint.token, with: ring).refusal == .keyAmbiguous)
    }

    @Test func `without kid, and no key that fits, the token is refused`() throws {
        var mint = TokenMint(.rs256)
        mint.header["kid"] = nil
        #expect(verifier.verify(mint.token, with: TokenMint.ring([TestKeys.key(.es256)])).refusal == .keyUnfit)
    }

    @Test func `a key without kid is found by a token without kid, not by one with kid`() throws {
        let ring = try set(jwk(.es256, (#","kid":"es256""#, "")))
        var mint = TokenMint(.es256)
        #expect(verifier.verify(mint.token, with: ring).missingKey?.cause == .unknownKid)
        mint.header["kid"] = nil
        #expect(verifier.verify(mint.token, with: ring).token != nil)
    }

    @Test func `a key without alg fits every algorithm of its type`() throws {
        let ring = try set(jwk(.rs256, (#","alg":"RS256""#, ""), ("rs256", "any")))
        for algorithm in Algorithm.allCases {
            var mint = TokenMint(algorithm)
            mint.header["kid"] = #""any""#
            let verdict = verifier.verify(mint.token, with: ring)
            #expect(algorithm.keyType == .rsa ? verdict.token != nil : verdict.refusal == .keyUnfit)
        }
    }

    @Test(arguments: ["EdDSA", "Ed25519"], ["EdDSA", "Ed25519"])
    func `EdDSA and Ed25519 are two names of one algorithm, in tokens and in keys`(
        _ signed: String, _ published: String
    )
        throws
    {
        let ring = try set(jwk(.edDSA, (#""alg":"EdDSA""#, #""alg":"\#(published)""#)))
        var mint = TokenMint(.edDSA)
        mint.header["alg"] = #""\#(signed)""#
        #expect(verifier.verify(mint.token, with: ring).token != nil)
        let only = TokenMint.verifier(allowing: AlgorithmSet([.edDSA]))
        #expect(only.verify(mint.token, with: ring).token != nil)
        #expect(TokenMint.verifier(allowing: AlgorithmSet([.es256])).verify(mint.token).refusal == .algorithmNotAllowed)
    }

    @Test func `the same key written in two ways counts once`() throws {
        let zero = jwk(.rs256, (#""n":""#, #""n":"AAAA"#))
        #expect(zero != jwk(.rs256))
        let ring = try set(jwk(.rs256), zero, jwk(.rs256, (#""AQAB""#, #""AAAAAQAB""#)))
        #expect(verifier.verify(TokenMint().token, with: ring).token != nil)
    }

    @Test func `a kid whose key has a member twice is refused, unless it is kid itself`() throws {
        let ring = try set(jwk(.rs256), jwk(.es256, (#""use":"sig""#, #""use":"sig","use":"enc""#)))
        #expect(verifier.verify(TokenMint(.es256).token, with: ring).refusal == .keyUnfit)
        let unnamed = try set(jwk(.rs256), jwk(.es256, (#""kid":"es256""#, #""kid":"es256","kid":"other""#)))
        #expect(verifier.verify(TokenMint(.es256).token, with: unnamed).missingKey?.cause == .unknownKid)
    }

    @Test func `a key with alg fits no other algorithm`() throws {
        var mint = TokenMint(.ps256)
        mint.header["kid"] = #""rs256""#
        #expect(verifier.verify(mint.token).refusal == .keyUnfit)
    }

    @Test func `one kid for keys of different types is no contradiction`() throws {
        let ring = try set(jwk(.rs256, ("rs256", "k")), jwk(.es256, ("es256", "k")))
        for algorithm in [Algorithm.rs256, .es256] {
            var mint = TokenMint(algorithm)
            mint.header["kid"] = #""k""#
            #expect(verifier.verify(mint.token, with: ring).token != nil)
        }
    }

    @Test func `one kid for two keys that fit is refused`() throws {
        let stranger = String(decoding: TestKeys.stranger.publicJWK, as: UTF8.self)
        let ring = try set(jwk(.rs256), stranger.replacing("stranger", with: "rs256"))
        #expect(verifier.verify(TokenMint().token, with: ring).refusal == .keyAmbiguous)
    }

    @Test func `the same key twice counts once`() throws {
        let ring = try set(jwk(.rs256), jwk(.rs256))
        #expect(verifier.verify(TokenMint().token, with: ring).token != nil)
    }

    @Test func `a kid that no key has is a missing key`() throws {
        var mint = TokenMint()
        mint.header["kid"] = #""r\u0073-new""#
        let missing = try #require(verifier.verify(mint.token).missingKey)
        #expect(missing == MissingKey(issuer: 0, kid: Array("rs-new".utf8), cause: .unknownKid))
    }

    @Test(arguments: [(#""use":"sig""#, #""use":"enc""#), (#""alg":"ES256""#, #""alg":"ECDH-ES""#), (#""y""#, #""z""#)])
    func `a kid whose key can't be used is refused, not waited for`(_ old: String, _ new: String) throws {
        let ring = try set(jwk(.rs256), jwk(.es256, (old, new)))
        #expect(verifier.verify(TokenMint(.es256).token, with: ring).refusal == .keyUnfit)
    }

    @Test func `before the first fetch a key is missing, with and without kid`() throws {
        var mint = TokenMint()
        let ring = KeyRing.empty(issuers: 1)
        let kid = Array("rs256".utf8)
        #expect(
            verifier.verify(mint.token, with: ring).missingKey == MissingKey(issuer: 0, kid: kid, cause: .neverLoaded))
        mint.header["kid"] = nil
        #expect(
            verifier.verify(mint.token, with: ring).missingKey == MissingKey(issuer: 0, kid: nil, cause: .neverLoaded))
    }

    @Test(arguments: [(1, true), (0, false), (-1, false)] as [(Int64, Bool)])
    func `keys serve until they are too old`(_ nanoseconds: Int64, _ serve: Bool) throws {
        var ring = TokenMint.ring()
        ring.issuers[0].usableUntil = nanoseconds
        let verdict = verifier.verify(TokenMint().token, with: ring)
        #expect(serve ? verdict.token != nil : verdict.missingKey?.cause == .tooOld)
    }

    @Test func `a ring with fewer issuers than the configuration has is no trap`() {
        #expect(verifier.verify(TokenMint().token, with: .empty(issuers: 0)).missingKey?.cause == .neverLoaded)
    }
}
