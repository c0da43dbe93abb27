import JOSE

/// A question to Authgear that no request waits for: so that it writes down that a session is used, so that it writes a
/// user's record anew, so that an answer of its own is renewed before it ends, or to compare its answer with ours.
package struct BackgroundQuestion: Sendable {
    /// What the question is about.
    enum Subject {
        /// The credential whose answer is kept under the digest, and whose session it is; nil when there are no records of
        /// sessions and users.
        case credential(SHA256Digest, user: [UInt8]?)
        /// A request that was answered so.
        case request(Answer)
    }

    package let question: AuthgearQuestion
    package let purpose: QuestionPurpose
    let subject: Subject
}
