import Fixtures
import JOSE
import Testing

/// A token in the making that can be made wrong in every way that the checks know, in several ways at once.
struct Draft {
    var mint = TokenMint(key: Draft.key)
    /// What is done to the three parts after signing.
    var edits: [([String]) -> [String]] = []

    /// An Ed25519 key: quick to sign with.
    static let key = TestKeys.key(.edDSA)
    /// Two keys under one `kid`.
    static let doubles = (0..<2).map { _ in
        sure { () throws(SigningKeyError) in try SigningKey(generating: .edDSA, kid: "double") }
    }
    /// Accepts all algorithms but ES384; the tokens end with their sessions.
    static let verifier = TokenVerifier(issuers: [issuer], maximumTokenBytes: 16 * 1024)
    /// Its tokens have to say when the user authenticated, and who he is in `client_id`.
    private static let issuer: TrustedIssuer = {
        var issuer = TokenMint.trustedIssuer(
            allowing: AlgorithmSet(Algorithm.allCases.filter { $0 != .es384 }), sessionCheck: .grant)
        var places = issuer.claims.places
        places.required = [RequiredClaim("auth_time", is: .number(1_799_998_000))]
        places.userID = ClaimPlace("client_id")
        issuer.claims = ClaimMapping(places)
        return issuer
    }()
    static let ring = TokenMint.ring([key, TestKeys.key(.es256), TestKeys.key(.es384)] + doubles)

    var token: [UInt8] {
        var parts = String(decoding: mint.token, as: UTF8.self).split(separator: ".").map(String.init)
        for edit in edits { parts = edit(parts) }
        return Array(parts.joined(separator: ".").utf8)
    }

    /// The check that failed; a missing key counts as unknown, a valid token is nil.
    var refusal: TokenRefusal? {
        let verdict = Self.verifier.verify(token, with: Self.ring)
        return verdict.missingKey == nil ? verdict.refusal : .keyUnknown
    }
}
