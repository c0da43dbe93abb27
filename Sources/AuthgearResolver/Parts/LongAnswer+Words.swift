import Authentication

extension LongAnswer {
    /// How long it would be, and what to do: no byte of a value.
    var words: String {
        guard let header else {
            return "all headers together would have \(bytes) bytes of at most \(limit):"
                + " give the user fewer roles, or roles with shorter names"
        }
        return "\(header) would have \(bytes) bytes of at most \(limit):"
            + " raise limits.value_bytes, or give the user fewer roles"
    }
}
