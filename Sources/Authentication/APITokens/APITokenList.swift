import Bytes
import JOSE

/// The API tokens of a moment: one snapshot, which all event loops are given at once.
///
/// Whoever reads the file vouches that no digest is in it twice, and that there are no more than `maximumCount`.
package final class APITokenList: Sendable {
    /// How many tokens there may be.
    package static let maximumCount = 100_000

    package let tokens: [APIToken]
    let secrets: [ListedSecret]
    /// The secrets' places by their digests.
    let index: HashIndex

    package init(_ tokens: [APIToken]) {
        var secrets: [ListedSecret] = []
        var index = HashIndex()
        for (place, token) in tokens.enumerated() {
            for secret in token.secrets {
                index.insert(secrets.count, hash: ListedSecret.hash(of: secret.digest))
                secrets.append(ListedSecret(secret, ofTokenAt: place))
            }
        }
        (self.tokens, self.secrets, self.index) = (tokens, secrets, index)
    }

    /// Whether a token with this digest is listed, expired or not.
    func has(_ digest: SHA256Digest) -> Bool { index.place(of: digest, among: secrets) != nil }
}

/// A secret as a request looks for it.
struct ListedSecret {
    let digest: SHA256Digest
    /// Far away when it never ends.
    let expiresAt: Timestamp
    /// Its token's.
    let place: Int32

    init(_ secret: APIToken.Secret, ofTokenAt place: Int) {
        digest = secret.digest
        expiresAt = secret.expiresAt ?? .distantFuture
        self.place = Int32(place)
    }

    /// Digests of secrets are as good as random, and nobody who asks has chosen those that are listed.
    static func hash(of digest: SHA256Digest) -> UInt32 { UInt32(truncatingIfNeeded: digest.firstWord) }
}

extension HashIndex {
    @inline(__always)
    func place(of digest: SHA256Digest, among secrets: [ListedSecret]) -> Int? {
        find(hash: ListedSecret.hash(of: digest)) { secrets[$0].digest == digest }
    }
}
