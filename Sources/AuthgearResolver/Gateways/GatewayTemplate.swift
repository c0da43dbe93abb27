/// A file for a gateway with places for what the configuration says.
///
/// A line that holds `%name%` stands once for each of our names; one with `%answered%`, or `%canonical-answered%`, for each that answers
/// may have a value for; one with `%extra%`, `%pattern%` or `%envoy-pattern%` for each of the configuration's own; one with `%field%`
/// for each field that is handed over for the configuration's sake. What stands between the lines `%policies%` and `%end%` comes once
/// for each access policy, `%policy%`. Every other word between two percent signs is one of `words`; a line that is nothing else goes
/// with an empty one.
struct GatewayTemplate {
    let text: String

    func filled(for facts: GatewayFacts) -> String {
        var out = ""
        var block: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            switch line {
            case "%policies%": block = ""
            case "%end%":
                for policy in facts.policies { out += (block ?? "").replacing("%policy%", with: policy) }
                block = nil
            default:
                let lines = Self.lines(String(line), facts)
                if block == nil { out += lines } else { block? += lines }
            }
        }
        return out
    }

    private static func lines(_ line: String, _ facts: GatewayFacts) -> String {
        for (word, values) in facts.lists where line.contains(word) {
            return values.map { line.replacing(word, with: $0) + "\n" }.joined()
        }
        var line = line
        for (word, value) in facts.words where line.contains(word) {
            if line == word { return value.isEmpty ? "" : value + "\n" }
            line = line.replacing(word, with: value)
        }
        return line + "\n"
    }
}
