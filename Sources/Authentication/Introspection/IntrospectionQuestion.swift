import Bytes
package import JOSE

/// One question to an issuer's introspection endpoint: is this token active, and whose is it (RFC 7662 section 2.1)?
///
/// Two questions are the same when they ask the same issuer about the same token. Its description holds no byte of the token.
///
/// An object, so that a request that waits moves one reference to it.
package final class IntrospectionQuestion: ServerQuestion {
    package typealias Result = IntrospectionResult

    package let token: [UInt8]
    /// Of the token.
    package let digest: SHA256Digest
    /// Whose endpoint is asked.
    package let issuer: IssuerID
    package let wasValid: Bool
    /// A form can carry any token.
    package var isAskable: Bool { true }
    package var isComparison: Bool { false }

    package init(about token: [UInt8], digest: SHA256Digest, of issuer: IssuerID, wasValid: Bool = false) {
        self.token = token
        self.digest = digest
        self.issuer = issuer
        self.wasValid = wasValid
    }

    /// The same, about a token that was valid here before, or was not.
    func knowing(wasValid: Bool) -> IntrospectionQuestion {
        wasValid == self.wasValid
            ? self : IntrospectionQuestion(about: token, digest: digest, of: issuer, wasValid: wasValid)
    }
}

extension IntrospectionQuestion {
    package static func == (left: IntrospectionQuestion, right: IntrospectionQuestion) -> Bool {
        left.digest == right.digest && left.issuer == right.issuer
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}

extension IntrospectionQuestion: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "question about a token" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["issuer": "\(issuer.number)"]) }
}
