package import Bytes
import JOSE

/// What is decided on a request, apart from any wire: a front renders it.
package struct Verdict: Sendable {
    package let outcome: Outcome
    package let status: ResponseStatus
    /// Checked: nothing that came from outside breaks out of its field.
    package let fields: ResponseFields
}

/// What became of a request, as the gateway and the metrics see it (contract section 3).
package enum Outcome: UInt8, CaseIterable, Sendable {
    case valid
    case invalid
    /// No credential was presented.
    case none
    /// A credential was presented that could not be checked, and none that is valid.
    case unknown
}

/// A verdict in the bytes of the front that asked: what is given, and what is kept to be given again.
///
/// Not `Sendable`: what is attached may change, and belongs to one event loop.
package struct Answer {
    package let outcome: Outcome
    package let status: ResponseStatus
    /// What it came from, for who observes requests.
    package internal(set) var origin = AnswerOrigin()
    /// As the renderer made them: all but what depends on the connection.
    package let bytes: [UInt8]
    /// What is sent behind them for what was asked; nil where that is nothing more.
    package private(set) var more: [UInt8]?
    /// Nil where there are none.
    let attachments: AnswerAttachments?

    init(_ verdict: consuming Verdict, attachments: AnswerAttachments? = nil, by renderer: any ResponseRenderer) {
        outcome = verdict.outcome
        status = verdict.status
        bytes = renderer.render(status, fields: verdict.fields)
        self.attachments = attachments
    }

    /// What the sender of its credential has to prove at each request before it is given; nil: nothing.
    @inline(__always)
    var binding: KeyBinding? { attachments?.binding }

    /// Whether the gateway lets the request in.
    package var letsIn: Bool { status == .ok }

    /// The line that asserts to a backend who is calling, which is sent last; nil where none does.
    @inline(__always)
    package var assertion: [UInt8]? { attachments?.assertion?.line }

    /// Has these fields sent behind it, too.
    mutating func append(_ fields: [UInt8]) { more = more.map { $0 + fields } ?? fields }

    /// The memory that it takes beside the value itself: the array's header and its bytes.
    var memory: Int { 32 + bytes.capacity + (attachments?.memory ?? 0) }
}

/// Why there is no answer for an identity.
package enum AnswerFault: Error, Sendable {
    /// A value can't be a header: the credential is invalid.
    case refused(HeaderRefusal)
    /// Nothing is wrong with the values but their length: the outcome is unknown, so that nobody is logged out for having
    /// many roles.
    case tooLong(LongAnswer)
}
