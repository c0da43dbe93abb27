/// One question to the session store: the record under this key, please.
package struct RecordQuery: Hashable, Sendable {
    /// What the record must be (contract section 6).
    package enum Kind: UInt8, CaseIterable, Sendable {
        case session
        case user
        case accessGrant
        case offlineGrant
        case appSession

        /// What logs and metrics call it.
        package var name: StaticString {
            switch self {
            case .session: "session"
            case .user: "user"
            case .accessGrant: "access_grant"
            case .offlineGrant: "offline_grant"
            case .appSession: "app_session"
            }
        }
    }

    package var kind: Kind
    /// The whole Redis key, such as `app:my-project:session:a8c1`.
    package var key: [UInt8]
    /// Where the id or the hash stands in the key that the record must have, too.
    let id: Range<Int>

    /// - Parameter id: where the id stands in the key; nil: it is the whole key.
    package init(kind: Kind, key: [UInt8], id: Range<Int>? = nil) {
        self.kind = kind
        self.key = key
        self.id = id ?? 0..<key.count
    }

    // Kind and key are what is asked; the id's place follows from them.

    package static func == (left: RecordQuery, right: RecordQuery) -> Bool {
        left.kind == right.kind && left.key == right.key
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(key)
    }
}
