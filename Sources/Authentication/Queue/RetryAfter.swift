import Bytes

/// How long a server asks to be left alone (`Retry-After` in seconds, RFC 9110 section 10.2.3). A date counts as not said.
enum RetryAfter {
    /// The longest pause that is kept to, in nanoseconds.
    static let longestPause: Int64 = 30_000_000_000

    /// In nanoseconds and bounded; nil when it doesn't.
    static func pause(status: Int, _ fields: some Sequence<(name: String, value: String)>) -> Int64? {
        guard status == 429 || status == 503,
            let field = fields.first(where: { $0.name.lowercased() == "retry-after" })
        else { return nil }
        let digits = field.value.utf8.drop(while: \.isFieldSpace).prefix(while: \.isDigit)
        let rest = field.value.utf8[digits.endIndex...]
        guard !digits.isEmpty, rest.allSatisfy(\.isFieldSpace) else { return nil }
        // What doesn't fit is longer than the longest.
        guard let seconds = Int64(Substring(digits)), seconds < longestPause / 1_000_000_000 else {
            return longestPause
        }
        return seconds * 1_000_000_000
    }
}
