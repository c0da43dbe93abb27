/// What a question to Authgear came to.
package enum AuthgearReply: Sendable {
    case valid(Identity)
    case invalid
    case unknown(AuthgearFailure)
}
