import Bytes
import JOSE

/// The answer for a session and its user, by the very records that it was made from.
struct SharedAnswer {
    let session: SessionRecord
    /// Nil when it was missing.
    let user: UserRecord?
    /// The credential's.
    let end: Timestamp
    let answer: Answer
    /// For which credential it was given last, by what its answer is kept under, and when, on the steady clock.
    private(set) var given: (to: SHA256Digest, at: Int64)

    init(session: SessionRecord, user: UserRecord?, answer: Answer, to chain: SessionChain, now: Moment) {
        (self.session, self.user, self.answer) = (session, user, answer)
        end = chain.end
        given = (chain.key, now.steady)
    }

    /// The answer if it is of these; nil when it is not.
    ///
    /// - Parameter end: the credential's, which an assertion states; nil where none does.
    @inline(__always)
    func answer(of session: SessionRecord, _ user: UserRecord?, until end: Timestamp?) -> Answer? {
        self.session === session && self.user === user && (end == nil || end == self.end) ? answer : nil
    }

    /// It was given for this credential as well.
    mutating func give(to chain: SessionChain, now: Moment) { given = (chain.key, now.steady) }

    /// Whether it is what a credential comes to with its first record and what has come along, because the same cookie was judged by the
    /// same records at this moment: requests of one page come together, and wait for one look-up. All who did are told of its reply one
    /// after another, behind the changes that the store has told of.
    func isAnswer(to chain: SessionChain, with reply: RecordReply, arrived: ArrivedRecords, now: Moment) -> Bool {
        guard case .found(.session(let session)) = reply, session === self.session,
            given.at == now.steady, case .session = chain.credential, chain.key == given.to, let user
        else { return false }
        return arrived.includeAlone(user)
    }
}
