/// Why one credential was refused, for an operator who looks into it: never the credential, nor whom it names.
package struct RefusalNote: Sendable {
    /// As metrics have it: `token`, `session`, …, or `any`.
    package let credential: StaticString
    package let reason: StaticString
    /// What the token claims as `iss`, unverified; nil when it can't be read.
    package internal(set) var issuer: [UInt8]?
    /// The token's `kid`, unverified; nil when it can't be read.
    package internal(set) var keyID: [UInt8]?
}
