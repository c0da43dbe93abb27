import Bytes
import Fixtures
import Foundation
import JOSE
import JWTKit

/// jwt-kit, set up as its documentation says, with the contract's checks of claims as far as it offers them.
struct Oracle {
    private let keys: JWTKeyCollection

    init(_ keys: [SigningKey]) async throws {
        let jwks = String(decoding: SigningKey.jwks(of: keys), as: UTF8.self)
        self.keys = try await JWTKeyCollection().add(jwksJSON: jwks)
    }

    /// - Parameter hasKid: if not, jwt-kit has to try all keys; it takes its first otherwise.
    func accepts(_ token: [UInt8], hasKid: Bool = true) async -> Bool {
        (try? await keys.verify(token, as: Claims.self, iteratingKeys: !hasKid)) != nil
    }

    /// `aud`. jwt-kit's own `AudienceClaim` ends the process for an empty array (5.7.1).
    private struct Audiences: Codable {
        var values: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            values = try (try? [container.decode(String.self)]) ?? container.decode([String].self)
        }
    }

    private struct Claims: JWTPayload {
        var iss: IssuerClaim
        var aud: Audiences
        var sub: SubjectClaim
        var exp: ExpirationClaim
        var nbf: NotBeforeClaim?
        var iat: IssuedAtClaim?

        func verify(using algorithm: some JWTAlgorithm) throws {
            let now = Date(timeIntervalSince1970: Double(TokenMint.now.seconds))
            try exp.verifyNotExpired(currentDate: now - 10)
            try nbf?.verifyNotBefore(currentDate: now + 10)
            let audiences = [TokenMint.audience, "https://second.example"]
            guard iss.value == TokenMint.issuer, !sub.value.isEmpty, !Set(audiences).isDisjoint(with: aud.values) else {
                throw JWTError.generic(identifier: "claims", reason: "not for us")
            }
        }
    }
}
