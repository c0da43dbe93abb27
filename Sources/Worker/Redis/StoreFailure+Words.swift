package import Authentication

extension StoreFailure {
    /// Why there is no answer, for a person.
    package var words: String {
        switch self {
        case .disconnected: "there is no connection"
        case .timedOut: "no reply within command_timeout"
        case .refused: "redis refused"
        case .notPrimary: "the server is not the one to be believed"
        case .overloaded: "too many look-ups are waiting"
        }
    }
}
