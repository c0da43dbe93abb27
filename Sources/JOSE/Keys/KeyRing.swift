/// The keys of all issuers at one moment: an immutable snapshot, swapped whole.
package struct KeyRing: Sendable {
    /// One per id.
    package var issuers: [IssuerKeys]
    /// Whose keys they are, in the same order.
    package let ids: [IssuerID]

    /// - Parameter ids: nil: the numbers from zero on.
    package init(issuers: [IssuerKeys], ids: [IssuerID]? = nil) {
        self.issuers = issuers
        self.ids = ids ?? IssuerID.first(issuers.count)
    }

    /// Nothing fetched yet for any of `count` issuers, which have the numbers from zero on.
    package static func empty(issuers count: Int) -> KeyRing { empty(IssuerID.first(count)) }

    /// Nothing fetched yet for any of these issuers.
    package static func empty(_ ids: [IssuerID]) -> KeyRing {
        KeyRing(issuers: Array(repeating: IssuerKeys(set: nil, usableUntil: .min), count: ids.count), ids: ids)
    }

    /// The place of an issuer in `issuers`; nil when the ring was made for other issuers.
    ///
    /// - Parameter guess: where it is looked for first.
    package func place(of id: IssuerID, guess: Int = 0) -> Int? {
        guess < ids.count && ids[guess] == id ? guess : ids.firstIndex(of: id)
    }
}
