/// The keys of all issuers at one moment: an immutable snapshot, swapped whole.
package struct KeyRing: Sendable {
    /// One per configured issuer, in the order of the configuration.
    package var issuers: [IssuerKeys]

    package init(issuers: [IssuerKeys]) {
        self.issuers = issuers
    }

    /// Nothing fetched yet for any of `count` issuers.
    package static func empty(issuers count: Int) -> KeyRing {
        KeyRing(issuers: Array(repeating: IssuerKeys(set: nil, usableUntil: .min), count: count))
    }
}
