/// How far the decision on a request has come.
package enum Step: ~Copyable {
    case answer(Answer)
    /// At most one `resume` follows; a request whose client has gone may be dropped.
    case wait(for: Effect, Parked)
}
