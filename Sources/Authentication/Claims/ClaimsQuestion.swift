import Bytes
package import JOSE

/// One question to a server about a credential, which it answers with claims: is this token active, and whose is it (RFC 7662
/// section 2.1)? Whose session does this cookie name? What is known of this token's user (OpenID Connect Core 1.0 section 5.3)?
///
/// Two questions are the same when they ask the same server about the same credential. Its description holds no byte of that.
///
/// An object, so that a request that waits moves one reference to it.
package final class ClaimsQuestion: ServerQuestion {
    package typealias Result = ClaimsResult

    /// The credential: a token, or a cookie's value without quotes.
    package let value: [UInt8]
    /// Of the credential.
    package let digest: SHA256Digest
    package let server: AskedServer
    package let wasValid: Bool
    /// A form can carry any token, and a cookie's value was looked at before; a field can't carry what is not visible. Such a
    /// token was called good by others, so nothing is known that speaks against it.
    package var replyUnasked: ClaimsReply? {
        server.purpose != .userinfo || value.allSatisfy(\.isVisible) ? nil : .refused
    }
    package var isComparison: Bool { false }

    package init(about value: [UInt8], digest: SHA256Digest, of server: AskedServer, wasValid: Bool = false) {
        self.value = value
        self.digest = digest
        self.server = server
        self.wasValid = wasValid
    }

    /// The same, about a credential that was valid here before, or was not.
    func knowing(wasValid: Bool) -> ClaimsQuestion {
        wasValid == self.wasValid
            ? self : ClaimsQuestion(about: value, digest: digest, of: server, wasValid: wasValid)
    }

    /// The same, asked of another server.
    func asked(of server: AskedServer) -> ClaimsQuestion {
        server == self.server ? self : ClaimsQuestion(about: value, digest: digest, of: server)
    }
}

extension ClaimsQuestion {
    package static func == (left: ClaimsQuestion, right: ClaimsQuestion) -> Bool {
        left.digest == right.digest && left.server == right.server
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}

extension ClaimsQuestion: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "question about a credential" }
    package var debugDescription: String { description }
    package var customMirror: Mirror {
        Mirror(self, children: ["purpose": "\(server.purpose.label)", "server": "\(server.id.number)"])
    }
}
