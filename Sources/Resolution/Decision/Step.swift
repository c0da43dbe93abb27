/// How far the decision on a request has come.
package enum Step: ~Copyable {
    case answer(Answer)
    /// The request waits for one thing. At most one `resume` follows; a request whose client has gone may be dropped.
    case wait(for: Need, Parked)
}
