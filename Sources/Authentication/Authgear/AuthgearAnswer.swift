import Bytes

/// An answer of Authgear's resolver, read (contract section 10).
///
/// Every byte of it is hostile: what is no right answer of a resolver is a fault, and never a valid or an invalid credential.
package struct AuthgearAnswer: Sendable {
    /// The longest pause that is kept to, in nanoseconds.
    package static let longestPause: Int64 = RetryAfter.longestPause

    private enum Content {
        case valid(Identity)
        case invalid
        /// Nothing about a session: there was no credential, or one that it treats like none.
        case silent
        case faulty(AuthgearFault)
    }

    package let status: Int
    /// How long it asks to be left alone (`Retry-After` in seconds, RFC 9110 section 10.2.3), in nanoseconds and bounded; nil
    /// when it doesn't. A date counts as not said.
    package let pause: Int64?
    private let content: Content

    /// - Parameters:
    ///   - fields: the header fields, in any case and order.
    ///   - hasBody: whether at least one byte of a body came.
    package init(status: Int, fields: some Sequence<(name: String, value: String)>, hasBody: Bool) {
        self.status = status
        pause = RetryAfter.pause(status: status, fields)
        do throws(AuthgearFault) {
            content = try Self.content(status: status, fields, hasBody: hasBody)
        } catch {
            content = .faulty(error)
        }
    }

    /// What it says about the credential that was sent.
    package var reply: AuthgearReply {
        switch content {
        case .valid(let identity): .valid(identity)
        case .invalid: .invalid
        case .silent: .silent
        case .faulty(let fault): .unknown(fault.failure)
        }
    }

    /// What is wrong with it, when a credential was sent; nil when nothing is.
    package var fault: AuthgearFault? {
        if case .faulty(let fault) = content { fault } else { nil }
    }

    /// The same, when none was sent.
    package var faultWithoutCredential: AuthgearFault? {
        switch content {
        case .silent: nil
        case .valid, .invalid: .uncalledSession
        case .faulty(let fault): fault
        }
    }

    private static func content(
        status: Int, _ fields: some Sequence<(name: String, value: String)>, hasBody: Bool
    ) throws(AuthgearFault) -> Content {
        guard status == 200 else { throw .status(status) }
        let fields = try AuthgearFields(fields)
        // Read in any case: an answer of which one header can't be is not to be believed in the others.
        let identity = try fields.identity
        switch try fields.isSessionValid {
        case true?:
            guard let identity else { throw .noUser }
            return .valid(identity)
        case false?: return .invalid
        case nil:
            guard !hasBody else { throw .page }
            return .silent
        }
    }
}

/// What is wrong with an answer. Its description is for a person, and holds no byte of the answer.
package enum AuthgearFault: Error, Hashable, Sendable {
    case status(Int)
    /// A body, and no `x-authgear-session-valid`: a page of something else.
    case page
    /// This header comes twice, or its value can't be.
    case header(String)
    /// Valid, and nobody's.
    case noUser
    /// It states a session, though no credential was sent.
    case uncalledSession
}

extension AuthgearFault {
    package var failure: AuthgearFailure {
        switch self {
        case .status(429), .status(503): .overloaded
        case .status, .page, .header, .noUser, .uncalledSession: .refused
        }
    }
}

extension AuthgearFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .status(404): "status 404: it does not know the host, or the path is another"
        case .status(429): "status 429: it is asked too much"
        case .status(let code): "status \(code) instead of 200"
        case .page: "a page instead of the resolver's answer, which has no body"
        case .header(let name): "the header \(name) comes twice or has a value that it can't have"
        case .noUser: "a valid session without x-authgear-user-id"
        case .uncalledSession: "a session although no credential was sent"
        }
    }
}
