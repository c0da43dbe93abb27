/// When a rule holds: what stands behind `if` or `unless`.
struct HAProxyCondition {
    private let isNegated: Bool
    /// The tests of each alternative: what stands in braces, or what an `acl` of that name tests.
    private let alternatives: [[String]]

    /// Nil for a rule that always holds.
    init?(_ rule: Directive, _ conditions: [Directive]) {
        guard let start = rule.words.firstIndex(where: { $0 == "if" || $0 == "unless" }) else { return nil }
        let words = rule.words[(start + 1)...]
        isNegated = rule.words[start] == "unless"
        if !isNegated, words.elementsEqual(["TRUE"]) { return nil }
        alternatives = words.split { $0 == "or" || $0 == "||" }.map { Self.tests($0, conditions) }
    }

    private static func tests(_ words: ArraySlice<String>, _ conditions: [Directive]) -> [String] {
        var tests: [String] = []
        var braces: [String]?
        for word in words {
            switch word {
            case "!": break
            case "{", "!{": braces = []
            case "}":
                tests.append(braces?.joined(separator: " ") ?? "")
                braces = nil
            default:
                guard braces == nil else {
                    braces?.append(word)
                    continue
                }
                let name = String(word.drop { $0 == "!" })
                tests.append(
                    conditions.filter { $0.argument(0) == name }.flatMap(\.words).joined(separator: " "))
            }
        }
        return tests
    }

    /// All that is tested.
    var tests: [String] { alternatives.flatMap(\.self) }

    /// Whether a variable that is none of these decides, for all requests or for those that were asked about.
    /// - Parameter asked: what was tested before the question.
    func isAbout(othersThan known: Set<String>, among asked: Set<String>) -> Bool {
        let isOther = { (test: String) in !Set(Self.variables(in: test)).isSubset(of: known) }
        if isNegated { return tests.contains(where: isOther) }
        return alternatives.contains { tests in
            tests.contains(where: isOther)
                && tests.allSatisfy { !Self.variables(in: $0).isEmpty || asked.contains($0) }
        }
    }

    /// `txn.status` of `var(txn.status) -m int 200`.
    private static func variables(in test: String) -> [String] {
        test.ranges(of: "var(").map { String(test[$0.upperBound...].prefix { $0 != ")" && $0 != "," }) }
    }
}
