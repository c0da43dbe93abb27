/// One question to the session store: the record under this key, please.
package struct RecordQuery: Hashable, Sendable {
    /// What the record must be (contract section 6).
    package enum Kind: UInt8, CaseIterable, Sendable {
        case session
        case user
    }

    package var kind: Kind
    /// The whole Redis key, such as `app:my-project:session:a8c1`.
    package var key: [UInt8]

    package init(kind: Kind, key: [UInt8]) {
        self.kind = kind
        self.key = key
    }
}
