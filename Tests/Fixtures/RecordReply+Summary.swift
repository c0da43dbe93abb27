package import Authentication

extension RecordReply {
    /// The reply in a word or two: `found u1`, `missing`, `unreadable wrongType`, `timedOut`.
    package var summary: String {
        switch self {
        case .found(.session(let session)): "found \(String(decoding: session.userID, as: UTF8.self))"
        case .found(.user(let user)): user.endsAt == nil ? "found user" : "found user, who ends"
        case .found(.accessGrant), .found(.offlineGrant), .found(.appSession): "found a grant"
        case .missing: "missing"
        case .unreadable(let error): "unreadable \(error)"
        case .unavailable(let failure): "\(failure)"
        }
    }

    /// The JSON of the user whom the tests find under this key.
    package static func user(at key: String) -> String { #"{"user":{"id":"\#(key)"}}"# }

    /// The JSON of the session that the tests find under this key.
    package static func session(of user: String, at key: String = "s") -> String {
        """
        {"id":"\(key)","app_id":"a","created_at":"2026-11-21T05:00:00.123456789Z","attrs":{"user_id":"\(user)"},"token_hash":"00"}
        """
    }
}
