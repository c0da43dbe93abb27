package import Tokens

/// A question to Authgear that no request waits for: so that it writes down that a session is used, so that it writes a
/// user's record anew, or so that an answer of its own is renewed before it ends.
package struct BackgroundQuestion: Sendable {
    package let question: AuthgearQuestion
    /// What the credential's answer is kept under.
    package let key: SHA256Digest
    package let purpose: QuestionPurpose
    /// Whose session it is; nil when there are no records of sessions and users.
    let user: [UInt8]?
}
