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
