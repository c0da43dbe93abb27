import Bytes
import JOSE

/// A verifier and the keys that it trusts, made anew in each process, so that no input can hold what they signed.
struct JWTBench {
    static let shared = try? JWTBench()

    static let now = Timestamp(seconds: 1_795_237_200)
    private static let audience = "https://audience.example"

    static let issuer = TrustedIssuer(
        identifier: "https://issuer.example", audiences: [audience], algorithms: .all, leeway: .seconds(10))
    static let maximumTokenBytes = 16 * 1024

    /// A verifier of the issuer's tokens; it holds no keys.
    static let verifier = TokenVerifier(issuers: [issuer], maximumTokenBytes: maximumTokenBytes)

    let ring: KeyRing
    private let key: SigningKey
    private let keys: KeySet

    private init() throws {
        let pairs = try [Algorithm.edDSA, .es256, .rs256].map {
            try SigningKey(generating: $0, kid: $0.name.description)
        }
        self.key = pairs[0]
        self.keys = try KeySet(jwks: SigningKey.jwks(of: pairs).span.bytes)
        self.ring = KeyRing(issuers: [IssuerKeys(set: keys, usableUntil: .max)])
    }

    /// A token, in one part or more, that the keys did not sign.
    func checkForeign(_ parts: [[UInt8]]) {
        let token = Array(parts.joined(separator: [UInt8(ascii: ".")]))
        if case .valid = verdict(token) { expect(false, "no token is valid that the keys did not sign") }
        expect(!hasRightSignature(token), "no signature is right that the keys did not make")
    }

    /// A token that the key signs, with a right header.
    func token(payload: [UInt8]) -> [UInt8]? {
        try? key.token(claims: payload)
    }

    /// A token that the key signs here.
    func checkSigned(header: [UInt8], payload: [UInt8]) {
        guard let token = try? key.token(header: header, claims: payload) else { return }
        if case .valid(let verified) = verdict(token) {
            expect(hasRightSignature(token), "a valid token has a right signature")
            checkClaims(payload, verified)
            checkFlips(of: token, by: header.count + payload.count)
        }
    }

    /// Judges the claims again, by way of a tree.
    private func checkClaims(_ payload: [UInt8], _ token: VerifiedToken) {
        guard case .object(let members)? = try? JSONTree(payload.span.bytes, duplicateNames: .refused) else {
            return expect(false, "a valid token's payload is an object without duplicate names")
        }
        func claim(_ name: String) -> JSONTree? { members.first { $0.name == Array(name.utf8) }?.value }
        expect(claim("iss") == .string(Self.issuer.identifier), "a valid token has the issuer")
        expect(!token.subject.isEmpty && claim("sub") == .string(token.subject), "a valid token has a subject")
        let audience = JSONTree.string(Array(Self.audience.utf8))
        if case .array(let audiences)? = claim("aud") {
            expect(audiences.contains(audience), "a valid token has the audience among its own")
        } else {
            expect(claim("aud") == audience, "a valid token has the audience")
        }
        expect(token.expiresAt > Self.now, "a valid token has not expired")
        expect(claim("cnf") == nil, "a valid token is bound to no key")
        expect(claim("typ") != .string(Array("ID".utf8)), "a valid token is no ID token")
        expect(claim("token_use") != .string(Array("refresh".utf8)), "a valid token is no refresh token")
        expect(members.count <= 256, "a valid token has not too many claims")
    }

    /// No bit of a valid token is without meaning. Which one is looked at depends on the input.
    private func checkFlips(of token: [UInt8], by number: Int) {
        var flipped = token
        flipped[number % token.count] ^= 1 << UInt8(number % 8)
        if case .valid = verdict(flipped) { expect(false, "a token with a flipped bit is not valid") }
    }

    /// What a verifier says that has seen the token before.
    private func verdict(_ token: [UInt8]) -> TokenVerdict {
        var verifier = Self.verifier
        let first = verifier.verify(token.span.bytes, with: ring, now: Moment(steady: 0, timestamp: Self.now))
        let second = verifier.verify(token.span.bytes, with: ring, now: Moment(steady: 0, timestamp: Self.now))
        expect(first.checks == second.checks, "a token that is seen again gets the same verdict")
        return second
    }

    private func hasRightSignature(_ token: [UInt8]) -> Bool {
        (try? TokenVerifier.verifySignature(of: token.span.bytes, with: keys, maximumTokenBytes: 16 * 1024)) != nil
    }
}
