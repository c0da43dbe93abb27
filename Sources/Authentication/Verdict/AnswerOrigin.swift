import JOSE

/// What an answer came from, for who observes requests: which kind of credential, whose token, and why it is not more. One word, so
/// that an answer which carries it is as large as without.
package struct AnswerOrigin: Hashable, Sendable {
    /// One more than the raw value; zero: no credential decided, or no one in particular.
    private var kind: UInt8 = 0
    private var cause = Cause.none
    /// One more than the issuer's number; zero: none's, or one that does not fit.
    private var issuerNumber: UInt16 = 0

    init() {}

    init(_ credential: RefusedCredential, of issuer: IssuerID? = nil) {
        kind = credential.rawValue + 1
        issuerNumber = issuer.flatMap { $0.number < UInt16.max ? UInt16($0.number) + 1 : nil } ?? 0
    }

    init(_ reason: UnknownReason) { cause = Cause(code: Cause.firstUnknown + reason.rawValue) }

    /// That of an answer to a request which another site may have sent.
    static var forgery: AnswerOrigin {
        var origin = AnswerOrigin()
        origin.cause = .forgery
        return origin
    }

    /// The same of an answer that an access policy has refused.
    func refused(for refusal: UInt8) -> AnswerOrigin {
        var origin = self
        origin.cause = Cause(code: Cause.firstPolicy + refusal)
        return origin
    }

    /// The kind of the credential, as metrics call it; nil: the answer alone does not say.
    package var credential: StaticString? { kind == 0 ? nil : RefusedCredential(rawValue: kind - 1)?.label }

    /// Whose token it is; nil: nobody's.
    package var issuer: UInt32? { issuerNumber == 0 ? nil : UInt32(issuerNumber) - 1 }

    /// Why nobody is let in, as metrics and headers call it; nil: the answer alone does not say.
    package var reason: StaticString? { cause.text }
}

/// Why nobody is let in, where that is the answer's own: what a credential was refused for is counted where it is.
private struct Cause: Hashable, Sendable {
    static let none = Cause(code: 0)
    static let forgery = Cause(code: 1)
    static let firstPolicy: UInt8 = 64
    static let firstUnknown: UInt8 = 128

    let code: UInt8

    var text: StaticString? {
        switch code {
        case 0: nil
        case 1: "csrf"
        case Self.firstUnknown...: UnknownReason(rawValue: code - Self.firstUnknown)?.text
        case Self.firstPolicy...: PolicyRefusal(rawValue: code - Self.firstPolicy)?.reason
        default: nil
        }
    }
}
