/// How a question that was sent ended.
package enum QuestionResult: Sendable {
    case answered(AuthgearAnswer)
    /// Nothing came, or nothing that is an answer.
    case failed(AuthgearFailure)

    /// What it says about the credential that was asked about.
    package var reply: AuthgearReply {
        switch self {
        case .answered(let answer): answer.reply
        case .failed(let failure): .unknown(failure)
        }
    }

    /// Why Authgear does not seem to be there, when no credential was sent; nil when it is.
    var failureWithoutCredential: AuthgearFailure? {
        switch self {
        case .answered(let answer): answer.faultWithoutCredential?.failure
        case .failed(let failure): failure
        }
    }

    /// How long Authgear asks to be left alone, in nanoseconds.
    var pause: Int64? {
        if case .answered(let answer) = self { answer.pause } else { nil }
    }

    /// Authgear limits how much is asked.
    var isRateLimit: Bool {
        if case .answered(let answer) = self { answer.status == 429 } else { false }
    }
}
