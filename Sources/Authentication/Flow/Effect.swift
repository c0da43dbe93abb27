package import JOSE

/// The one thing that a request waits for.
package enum Effect: Hashable, Sendable {
    case record(RecordQuery)
    case key(MissingKey)
    case question(AuthgearQuestion)

    /// How many bytes of the request it holds.
    package var memory: Int {
        switch self {
        case .record: 0
        case .key(let key): key.kid?.count ?? 0
        case .question(let question): question.memory
        }
    }
}
