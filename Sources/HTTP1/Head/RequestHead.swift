package import Bytes

/// A request head that is HTTP as it should be (RFC 9112), as facts and as places in its bytes.
package struct RequestHead: Sendable {
    /// What follows the head (RFC 9112 section 6).
    package enum Body: Hashable, Sendable {
        case none
        /// This many bytes, at least one.
        case length(Int)
        case chunked
    }

    package enum Version: UInt8, Sendable {
        case http10, http11
    }

    /// What the decision looks at, as places in the bytes of the head.
    package internal(set) var fields = RequestFields()
    /// Which of our paths the target names; nil when it is none of ours, which is answered 404.
    package internal(set) var route: Route?
    package internal(set) var version = Version.http11
    /// Whether the connection stays open after the answer (RFC 9112 section 9.3).
    package internal(set) var persists = true
    package internal(set) var body = Body.none
    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
    package internal(set) var expectsContinue = false
    /// The bytes of the head, from the first up to the line feed of its empty line.
    package internal(set) var length = 0
}

/// The paths that are answered (contract section 1).
package enum Route: UInt8, CaseIterable, Sendable {
    case resolve
    case require
}
