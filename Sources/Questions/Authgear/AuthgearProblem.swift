import Authentication

/// What is wrong with Authgear, for a person: holds no byte that came from the network.
enum AuthgearProblem: Hashable, Sendable, CustomStringConvertible {
    case request(RequestFailure)
    case answer(AuthgearFault)

    var description: String {
        switch self {
        case .request(let failure): "\(failure)"
        case .answer(let fault): "\(fault)"
        }
    }
}
