/// An issuer together with the policy for its tokens, as a number that a process gives once. The same issuer on other terms
/// is another number, so what rests on the old terms does not hold under the new ones.
///
/// Numbers begin at zero and are dense: tables are indexed by them.
package struct IssuerID: Hashable, Sendable, ExpressibleByIntegerLiteral {
    package let number: UInt32

    package init(_ number: UInt32) {
        self.number = number
    }

    package init(integerLiteral number: UInt32) {
        self.number = number
    }

    /// The numbers from zero on, for a process that has one configuration for its whole life.
    package static func first(_ count: Int) -> [IssuerID] {
        (0..<count).map { IssuerID(UInt32(truncatingIfNeeded: $0)) }
    }
}
