import Bytes

/// One question to the session store: the record under this key, please.
///
/// An object, because it is passed on and kept in many places on its way to the store and back.
package final class RecordQuery: Hashable, Sendable {
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

    package let kind: Kind
    /// The whole Redis key, such as `app:my-project:session:a8c1`.
    package let key: [UInt8]
    /// Where the id or the hash stands in the key that the record must have, too.
    let id: Range<Int>
    /// Of the key, computed once for all the tables in which it is looked for.
    package let keyHash: Int
    /// Whether it is only believed of a server that proves itself afterwards that there is no record, which takes time; not
    /// where something serves in its place that is as good as it was a moment ago.
    package let absenceNeedsProof: Bool

    /// - Parameter id: where the id stands in the key; nil: it is the whole key.
    package convenience init(kind: Kind, key: [UInt8], id: Range<Int>? = nil) {
        let hash = Self.hash(of: key.span.bytes)
        self.init(kind: kind, key: key, id: id ?? 0..<key.count, keyHash: hash, absenceNeedsProof: true)
    }

    private init(kind: Kind, key: [UInt8], id: Range<Int>, keyHash: Int, absenceNeedsProof: Bool) {
        self.kind = kind
        self.key = key
        self.id = id
        self.keyHash = keyHash
        self.absenceNeedsProof = absenceNeedsProof
    }

    /// The same question, where it is believed at once that there is no record.
    package func withoutProof() -> RecordQuery {
        RecordQuery(kind: kind, key: key, id: id, keyHash: keyHash, absenceNeedsProof: false)
    }

    /// A hash of a record's key that nobody outside the process can foresee.
    package static func hash(of key: RawSpan) -> Int {
        var hasher = Hasher()
        unsafe key.withUnsafeBytes { bytes in unsafe hasher.combine(bytes: bytes) }
        return hasher.finalize()
    }

    /// Whether it asks for this; what stands before the id follows from the kind.
    func asks(for kind: Kind, id: [UInt8], suffix: [UInt8]) -> Bool {
        let key = key
        let bytes = key.span.bytes
        return self.kind == kind && bytes.extracting(self.id).equals(id.span.bytes)
            && bytes.extracting(droppingFirst: self.id.upperBound).equals(suffix.span.bytes)
    }

    // Kind and key are what is asked; the id's place follows from them. What is believed of the answer is another matter.

    package static func == (left: RecordQuery, right: RecordQuery) -> Bool {
        left === right || left.kind == right.kind && left.key == right.key
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(keyHash)
    }
}
