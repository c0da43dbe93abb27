/// What a value must look like, and what it then means.
struct Form<Value> {
    /// Completes the sentence "allowed: …".
    var allowed: String
    /// Whether the text may hold a secret; then no message shows it.
    var isSecret = false
    /// Gives the value of a text, or says what is wrong with it.
    var parse: (String) throws(Misfit) -> Value
}
