package import JOSE

/// A question to another server about one credential, as a queue of questions sees it. Two are the same when they ask about the
/// same credential.
package protocol ServerQuestion: Hashable, Sendable {
    associatedtype Result: ServerResult

    /// Of the credential.
    var digest: SHA256Digest { get }
    /// The credential was valid here before, so it is not made up.
    var wasValid: Bool { get }
    /// What is said of a credential that no request can carry as it is; nil when one can.
    var replyUnasked: Result.Reply? { get }
    /// Whether it is asked to compare answers alone.
    var isComparison: Bool { get }
}

/// How a question that was sent ended.
package protocol ServerResult: Sendable {
    associatedtype Reply: ServerReply

    /// What it says about the credential.
    var reply: Reply { get }
    /// How long the server asks to be left alone, in nanoseconds.
    var pause: Int64? { get }
    /// The server limits how much is asked.
    var isRateLimit: Bool { get }
    var isTimeOut: Bool { get }
    /// Whether it says that the server does not seem to be there, when no credential was sent.
    var isProbeFailure: Bool { get }
}

/// What who asks is told.
package protocol ServerReply: Sendable {
    static var invalid: Self { get }
    static var unreachable: Self { get }
    static var timedOut: Self { get }
    static var overloaded: Self { get }
    static var refused: Self { get }

    var kind: ReplyKind { get }
}

/// What a reply comes to.
package enum ReplyKind: Sendable {
    case valid, invalid
    /// - Parameter isRefusal: whether the server is there, and does not answer as it should.
    case unknown(isRefusal: Bool)
}
