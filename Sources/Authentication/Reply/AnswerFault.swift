/// Why there is no answer for an identity.
package enum AnswerFault: Error, Sendable {
    /// A value can't be a header: the credential is invalid.
    case refused(HeaderRefusal)
    /// Nothing is wrong with the values but their length: the outcome is unknown, so that nobody is logged out for having
    /// many roles.
    case tooLong(LongAnswer)
}
