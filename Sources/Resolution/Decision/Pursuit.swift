/// How far the decision on one credential has come.
enum Pursuit {
    /// The bytes of a token whose key is being looked for.
    case token([UInt8])
    /// A cookie whose session is being looked up.
    case session(SessionCookie, RecordWatch?)
    /// A session that was found good, and whose user is being looked up.
    case user(of: FoundSession, RecordWatch?)
}
