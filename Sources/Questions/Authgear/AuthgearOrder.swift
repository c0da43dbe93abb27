import Authentication
import NIOCore

/// One attempt that is to be made.
struct AuthgearOrder: Sendable {
    /// Nil: whether Authgear is there.
    var question: AuthgearQuestion?
    var deadline: NIODeadline
    let endpoint: AuthgearEndpoint
}
