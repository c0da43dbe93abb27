package import JOSE

/// Gives each issuer its id: the same one for as long as configurations name it on the same terms, and never one that was
/// given before. A process keeps one.
package struct IssuerRegistry: Sendable {
    /// An issuer on its terms.
    private struct Terms: Hashable {
        let issuer: TrustedIssuer
        let keySource: String
    }

    /// Of the last configuration: the terms of those before are forgotten, so that it stays as small as the configuration.
    private var ids: [Terms: IssuerID] = [:]
    private var next: UInt32 = 0

    package init() {}

    /// The ids of a configuration's issuers, in their order.
    ///
    /// - Parameter issuers: each with a text that differs where its keys come from another place.
    package mutating func ids(of issuers: [(issuer: TrustedIssuer, keySource: String)]) -> [IssuerID] {
        var present: [Terms: IssuerID] = [:]
        let numbers = issuers.map { issuer, keySource in
            let terms = Terms(issuer: issuer, keySource: keySource)
            let id = present[terms] ?? ids[terms] ?? takeNext()
            present[terms] = id
            return id
        }
        ids = present
        return numbers
    }

    private mutating func takeNext() -> IssuerID {
        defer { next += 1 }
        return IssuerID(next)
    }
}
