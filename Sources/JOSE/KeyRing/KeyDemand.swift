/// Finds the keys that would be worth a table (`P256Table`) because so many signatures were verified with them.
///
/// A key is named when its signatures have taken as much more time without a table as it takes to make one. So a key that goes
/// out of use costs twice of what it had to, at most; and who can't sign can't have one made. It is named again after as many
/// more, so whoever has no room for a table need not remember that it was asked.
struct KeyDemand: Sendable {
    /// Some 25 ms for a table that spares 40 µs each time.
    static let signaturesWorthTable = 600
    /// How many keys are counted at once, over all issuers; when there are more, counting begins anew.
    static let maximumKeys = 1_024

    private var counts: [SHA256Digest: Int] = [:]
    private var due: [KeyInDemand] = []

    /// A signature of the issuer was found right with this key.
    mutating func count(_ key: VerificationKey, of issuer: IssuerID) {
        guard key.isShortOfTable else { return }
        if counts.count >= Self.maximumKeys, counts[key.fingerprint] == nil { counts.removeAll() }
        let count = counts[key.fingerprint, default: 0] + 1
        if count == Self.signaturesWorthTable {
            counts[key.fingerprint] = nil
            due.append(KeyInDemand(issuer: issuer, fingerprint: key.fingerprint))
        } else {
            counts[key.fingerprint] = count
        }
    }

    /// Takes the keys that are due.
    mutating func take() -> [KeyInDemand] {
        guard !due.isEmpty else { return [] }
        defer { due = [] }
        return due
    }
}

/// A key of an issuer for which a table would be worth its time.
package struct KeyInDemand: Hashable, Sendable {
    package let issuer: IssuerID
    package let fingerprint: SHA256Digest

    package init(issuer: IssuerID, fingerprint: SHA256Digest) {
        self.issuer = issuer
        self.fingerprint = fingerprint
    }
}
