/// A key of an issuer, by the beginning of its fingerprint.
struct SignerID: Hashable {
    /// The issuer's position in the key ring.
    let issuer: Int
    let fingerprint: UInt64
}
