package import JOSE

/// What a question for claims came to.
package enum ClaimsReply: ServerReply {
    /// The server calls the credential good, and says so much of it. `askedAt` is when it was asked, on the steady clock, in
    /// nanoseconds.
    case active(ClaimsSet, askedAt: Int64)
    case inactive(askedAt: Int64)
    case unknown(AskFailure)
}

extension ClaimsReply {
    package static var invalid: ClaimsReply { .inactive(askedAt: .min) }
    package static var unreachable: ClaimsReply { .unknown(.unreachable) }
    package static var timedOut: ClaimsReply { .unknown(.timedOut) }
    package static var overloaded: ClaimsReply { .unknown(.overloaded) }
    package static var refused: ClaimsReply { .unknown(.refused) }

    package var kind: ReplyKind {
        switch self {
        case .active: .valid
        case .inactive: .invalid
        case .unknown(let failure): .unknown(isRefusal: failure == .refused || failure == .unreadable)
        }
    }
}

/// Why a server that is asked over HTTP did not say what it was asked (contract section 19).
package enum AskFailure: UInt8, CaseIterable, Error, Sendable {
    /// No connection, TLS or name.
    case unreachable
    case timedOut
    /// Status 429 or 503; or too much is asked here, or the server failed several times in a row.
    case overloaded
    /// Any other status; or it calls everything inactive, a token of our own included.
    case refused
    /// The answer is not what it should be, or too large.
    case unreadable
}

/// How a question that was sent ended.
package enum ClaimsResult: ServerResult {
    case answered(ClaimsAnswer)
    /// Nothing came, or nothing that is an answer.
    case failed(AskFailure)

    package var reply: ClaimsReply {
        switch self {
        case .answered(let answer): answer.reply
        case .failed(let failure): .unknown(failure)
        }
    }

    package var pause: Int64? { if case .answered(let answer) = self { answer.pause } else { nil } }

    package var isRateLimit: Bool { if case .answered(let answer) = self { answer.status == 429 } else { false } }

    package var isTimeOut: Bool { if case .failed(.timedOut) = self { true } else { false } }

    package var isProbeFailure: Bool { if case .unknown = reply.kind { true } else { false } }
}

extension UnknownReason {
    init(_ failure: AskFailure) {
        switch failure {
        case .unreachable: self = .askUnreachable
        case .timedOut: self = .askTimedOut
        case .overloaded: self = .askOverloaded
        case .refused: self = .askRefused
        case .unreadable: self = .askUnreadable
        }
    }
}
