import Bytes

extension SessionChain {
    /// What a record is read for.
    enum Stage {
        /// The session that a cookie names and proves.
        case session(SessionCookie)
        case accessGrant
        case appSession
        /// The grant that has this refresh token.
        case offlineGrant(tokenHash: [UInt8])
        /// The session that an access grant is of.
        case sessionOfGrant
        /// The session that an offline grant ends with.
        case singleSignOn(of: SessionRecord)
        case user(of: SessionRecord)
        /// The other record of the user's: the first is missing, which was watched from before it was asked for.
        case userOfBearer(of: SessionRecord, RecordWatch?)
        /// Both are missing, and Authgear is asked.
        case userQuestion(of: SessionRecord)
        /// The first record again, which Authgear writes when it is asked; else what it said.
        case userAgain(of: SessionRecord, Identity)
        /// Authgear is asked what can't be told from records.
        case scopeQuestion(of: SessionRecord)
    }
}
