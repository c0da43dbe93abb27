/// Why a text doesn't have the form that its key asks for.
struct Misfit: Error {
    /// Completes a sentence that begins with the value: `is not a duration`.
    var predicate: String
    /// What is allowed, when there is more to say than the form says.
    var allowed: String?

    init(_ predicate: String, allowed: String? = nil) {
        self.predicate = predicate
        self.allowed = allowed
    }
}
