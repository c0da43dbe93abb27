/// What a question to Authgear came to.
package enum AuthgearReply: ServerReply {
    case valid(Identity)
    case invalid
    /// It says nothing about a session, as of what it takes for no credential: bearer tokens that it does not know, too.
    case silent
    case unknown(AuthgearFailure)

    /// Whether it is the end of a credential.
    package var isInvalid: Bool {
        switch self {
        case .invalid, .silent: true
        case .valid, .unknown: false
        }
    }
}

/// Why Authgear did not say whether a credential is valid.
package enum AuthgearFailure: UInt8, CaseIterable, Error, Sendable {
    /// No connection, TLS or name.
    case unreachable
    case timedOut
    /// Status 429 or 503; or too much is asked here, or Authgear failed several times in a row.
    case overloaded
    /// Whatever answered does not answer as Authgear's resolver does.
    case refused
}

extension AuthgearReply {
    package static var unreachable: AuthgearReply { .unknown(.unreachable) }
    package static var timedOut: AuthgearReply { .unknown(.timedOut) }
    package static var overloaded: AuthgearReply { .unknown(.overloaded) }
    package static var refused: AuthgearReply { .unknown(.refused) }

    package var kind: ReplyKind {
        switch self {
        case .valid: .valid
        case .invalid, .silent: .invalid
        case .unknown(let failure): .unknown(isRefusal: failure == .refused)
        }
    }
}

/// How a question to Authgear that was sent ended.
package enum QuestionResult: ServerResult {
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
    private var failureWithoutCredential: AuthgearFailure? {
        switch self {
        case .answered(let answer): answer.faultWithoutCredential?.failure
        case .failed(let failure): failure
        }
    }

    package var isProbeFailure: Bool { failureWithoutCredential != nil }

    /// How long Authgear asks to be left alone, in nanoseconds.
    package var pause: Int64? {
        if case .answered(let answer) = self { answer.pause } else { nil }
    }

    /// Authgear limits how much is asked.
    package var isRateLimit: Bool {
        if case .answered(let answer) = self { answer.status == 429 } else { false }
    }

    package var isTimeOut: Bool { if case .failed(.timedOut) = self { true } else { false } }
}

extension UnknownReason {
    init(_ failure: AuthgearFailure) {
        switch failure {
        case .unreachable: self = .authgearUnreachable
        case .timedOut: self = .authgearTimedOut
        case .overloaded: self = .authgearOverloaded
        case .refused: self = .authgearRefused
        }
    }
}
