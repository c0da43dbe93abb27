/// What one check is about, what it found, and what would be right, for a person.
struct CheckSentence {
    var subject: String
    var found: String
    var wanted: String

    /// A line: `  passed   exp: found …; wanted …`
    var passed: String { "  passed   \(text)\n" }

    /// A line: `  failed   aud: found "other"; wanted one of "https://app.example" (audience_unknown)`
    ///
    /// - Parameter reason: what metrics call it; nil: the credential isn't refused for it.
    func failed(_ reason: StaticString?) -> String {
        let code = reason.map { " (\($0))" } ?? ""
        return "  failed   \(text)\(code)\n"
    }

    private var text: String { "\(subject): found \(found); wanted \(wanted)" }
}
