package import JOSE

/// A server that is asked over HTTP about credentials and answers with claims, and what it is asked for.
package struct AskedServer: Hashable, Sendable {
    /// How long it is remembered that a credential is not valid, unless the configuration says it.
    static let inactiveMaximumAge = Duration.seconds(5)

    package let purpose: Purpose
    /// Whose server it is: an issuer of tokens, or of a cookie.
    package let id: IssuerID

    package init(_ purpose: Purpose, of id: IssuerID) {
        (self.purpose, self.id) = (purpose, id)
    }

    /// What it is asked for.
    package enum Purpose: UInt8, CaseIterable, Sendable {
        /// Whether a token is active, and whose it is (contract section 19).
        case introspection
        /// Whose session a cookie names (contract section 21).
        case cookie
        /// What else is known of a token's user (contract section 22).
        case userinfo

        /// The label's value, where questions are counted.
        package var label: StaticString {
            switch self {
            case .introspection: "introspection"
            case .cookie: "cookie"
            case .userinfo: "userinfo"
            }
        }
    }
}
