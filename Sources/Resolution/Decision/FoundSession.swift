import Tokens

/// A session that its cookie proves and that lasts still.
struct FoundSession {
    let record: SessionRecord
    /// The SHA-256 of the cookie's value.
    let digest: SHA256Digest
    /// Nil while nothing may be remembered.
    let watch: RecordWatch?
}
