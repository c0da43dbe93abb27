package import Tokens

/// The one thing that a parked request waits for.
package enum Need: Sendable {
    case record(RecordQuery)
    case key(MissingKey)
}
