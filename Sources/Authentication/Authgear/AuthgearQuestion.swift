import Bytes
package import JOSE

/// One question to Authgear: is this credential valid, and whose is it (contract section 10)?
///
/// Two questions are the same when they ask about the same credential, whoever presented it: kind and digest say which one
/// it is. Its description holds no byte of the credential.
///
/// An object, so that a request that waits moves one reference to it.
package final class AuthgearQuestion: Sendable {
    package enum Presented: Sendable {
        /// The whole value of the `Authorization` field, such as `Bearer …`.
        case authorization([UInt8])
        /// A cookie; the value is without quotes.
        case cookie(name: [UInt8], value: [UInt8])
        /// All that a request has: the whole values of its `Authorization` and of one `Cookie` field, which is empty when
        /// there is none.
        case request(authorization: [UInt8]?, cookies: [UInt8])

        /// What access policies call it.
        var presentedKind: PresentedKind {
            switch self {
            case .authorization: .token
            case .cookie, .request: .session
            }
        }
    }

    package let credential: Presented
    /// Of the credential.
    package let digest: SHA256Digest
    /// The client's `User-Agent`, as far as the gateway passed it on.
    package let userAgent: [UInt8]?
    /// The client's address, from the gateway's `X-Forwarded-For`.
    package let forwardedFor: [UInt8]?
    /// The credential was valid here before, so it is not made up. The two kinds wait in different queues.
    package let wasValid: Bool

    package init(
        about credential: Presented, digest: SHA256Digest, userAgent: [UInt8]? = nil, forwardedFor: [UInt8]? = nil,
        wasValid: Bool
    ) {
        self.credential = credential
        self.digest = digest
        self.userAgent = userAgent
        self.forwardedFor = forwardedFor
        self.wasValid = wasValid
    }

    /// The same, about a credential that was valid here before, or was not.
    package func knowing(wasValid: Bool) -> AuthgearQuestion {
        AuthgearQuestion(
            about: credential, digest: digest, userAgent: userAgent, forwardedFor: forwardedFor, wasValid: wasValid)
    }

    /// Whether a request can carry the credential as it is. One that it can't is not valid: Authgear passes over it. So a
    /// byte of it can neither end its field nor begin another cookie.
    package var isAskable: Bool {
        switch credential {
        case .authorization(let value): Self.isFieldValue(value)
        case .cookie(let name, let value):
            !name.isEmpty && name.allSatisfy(\.isTokenCharacter) && Self.isCookieValue(value)
        case .request(let authorization, let cookies):
            authorization.map(Self.isFieldValue) ?? true && (cookies.isEmpty || Self.isFieldValue(cookies))
        }
    }

    package var replyUnasked: AuthgearReply? { isAskable ? nil : .invalid }

    /// The bytes that it takes beside the value itself.
    package var memory: Int {
        let credential =
            switch credential {
            case .authorization(let value): value.count
            case .cookie(let name, let value): name.count + value.count
            case .request(let authorization, let cookies): (authorization?.count ?? 0) + cookies.count
            }
        return credential + (userAgent?.count ?? 0) + (forwardedFor?.count ?? 0)
    }

    private static func isFieldValue(_ value: [UInt8]) -> Bool {
        value.span.bytes.isPrintable && value.first.map { $0 != space } ?? false && value.last != space
    }

    /// What Authgear takes for a cookie's value (Go's net/http); a space at its end would be lost on the way.
    static func isCookieValue(_ value: [UInt8]) -> Bool {
        !value.isEmpty && value.last != space
            && value.allSatisfy { byte in
                byte.isPrintable && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: ";")
                    && byte != UInt8(ascii: "\\")
            }
    }

    private static let space = UInt8(ascii: " ")
}

extension AuthgearQuestion: ServerQuestion {
    package typealias Result = QuestionResult

    package var isComparison: Bool { if case .request = credential { true } else { false } }

    package static func == (left: AuthgearQuestion, right: AuthgearQuestion) -> Bool {
        guard left.digest == right.digest else { return false }
        return switch (left.credential, right.credential) {
        case (.authorization, .authorization), (.request, .request): true
        case (.cookie(let left, _), .cookie(let right, _)): left == right
        case (.authorization, _), (.cookie, _), (.request, _): false
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}

extension AuthgearQuestion: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "question about \(credential)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["credential": "\(credential)"]) }
}

extension AuthgearQuestion.Presented: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        switch self {
        case .authorization: "an Authorization field"
        case .request: "a request"
        case .cookie(let name, _): "a cookie named \(String(printable: name, limit: 64))"
        }
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["kind": description]) }
}

/// What Authgear is asked for, where questions are counted.
package enum QuestionPurpose: UInt8, CaseIterable, Sendable {
    /// A user's record is missing, or has ended.
    case user
    /// Redis can't tell whether a credential's scopes are enough.
    case decide
    /// So that it writes down that a session is used.
    case touch
    /// There is no session store.
    case session
    /// To compare answers.
    case shadow

    /// The label's value.
    package var label: StaticString {
        switch self {
        case .user: "user"
        case .decide: "decide"
        case .touch: "touch"
        case .session: "session"
        case .shadow: "shadow"
        }
    }
}

/// A question to Authgear that no request waits for: so that it writes down that a session is used, so that it writes a
/// user's record anew, so that an answer of its own is renewed before it ends, or to compare its answer with ours.
package struct BackgroundQuestion: Sendable {
    /// What the question is about.
    enum Subject {
        /// The credential whose answer is kept under the digest, and whose session it is; nil when there are no records of
        /// sessions and users.
        case credential(SHA256Digest, user: [UInt8]?)
        /// A request that was answered so.
        case request(ShadowComparison)
    }

    package let question: AuthgearQuestion
    package let purpose: QuestionPurpose
    let subject: Subject
    /// Which session is to be touched; nil where none is.
    package var session: SHA256Digest?
}
