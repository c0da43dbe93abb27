package import Tokens

/// The one thing that a request waits for.
package enum Effect: Hashable, Sendable {
    case record(RecordQuery)
    case key(MissingKey)
    case question(AuthgearQuestion)
}
