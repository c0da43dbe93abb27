/// When a rule holds: what stands behind `if` or `unless`.
struct HAProxyCondition {
    private let isNegated: Bool
    /// What stands in braces, or what an `acl` of that name tests.
    private struct Test {
        var text: String
        var isNegated: Bool
    }

    /// The tests of each alternative.
    private let alternatives: [[Test]]

    /// Nil for a rule that always holds.
    init?(_ rule: Directive, _ conditions: [Directive]) {
        guard let start = rule.words.firstIndex(where: { $0 == "if" || $0 == "unless" }) else { return nil }
        let words = rule.words[(start + 1)...]
        isNegated = rule.words[start] == "unless"
        if !isNegated, let only = words.first, words.count == 1, Self.alwaysHolds(only, conditions) { return nil }
        alternatives = words.split { $0 == "or" || $0 == "||" }.map { Self.tests($0, conditions) }
    }

    private static func alwaysHolds(_ name: String, _ conditions: [Directive]) -> Bool {
        let said = conditions.filter { $0.argument(0) == name }
        return said.isEmpty
            ? ["TRUE", "HTTP"].contains(name) : said.contains { $0.words.dropFirst(2) == ["always_true"] }
    }

    private static func tests(_ words: ArraySlice<String>, _ conditions: [Directive]) -> [Test] {
        var (tests, isNegated) = ([Test](), false)
        var braces: [String]?
        for word in words {
            switch word {
            case "!": isNegated = true
            case "{": braces = []
            case "!{": (braces, isNegated) = ([], true)
            case "}":
                tests.append(Test(text: braces?.joined(separator: " ") ?? "", isNegated: isNegated))
                (braces, isNegated) = (nil, false)
            default:
                guard braces == nil else {
                    braces?.append(word)
                    continue
                }
                let name = String(word.drop { $0 == "!" })
                let text = conditions.filter { $0.argument(0) == name }.flatMap(\.words).joined(separator: " ")
                tests.append(Test(text: text, isNegated: isNegated || word.hasPrefix("!")))
                isNegated = false
            }
        }
        return tests
    }

    /// All that is tested.
    var tests: [String] { alternatives.joined().map(\.text) }

    /// Whether it may hold where nobody answered, which scripts say by the number 0, or by none.
    var mayMeanNoAnswer: Bool {
        isNegated || alternatives.contains { $0.allSatisfy { $0.isNegated || Self.holds(forZero: $0.text) } }
    }

    /// Of `var(txn.status) -m int ge 500`: false. What compares no numbers may hold.
    private static func holds(forZero test: String) -> Bool {
        guard let numbers = test.firstRange(of: "-m int ") else { return true }
        let words = test[numbers.upperBound...].split(separator: " ")
        return words.contains { ["lt", "le", "0"].contains($0) || $0.hasPrefix("0:") || $0.hasPrefix(":") }
    }

    /// Whether a variable that is none of these decides, for all requests or for those that were asked about.
    /// - Parameter asked: what was tested before the question.
    func isAbout(othersThan known: Set<String>, among asked: Set<String>) -> Bool {
        let isOther = { (test: String) in !Set(Self.variables(in: test)).isSubset(of: known) }
        if isNegated { return tests.contains(where: isOther) }
        return alternatives.contains { tests in
            tests.contains { isOther($0.text) }
                && tests.allSatisfy { !Self.variables(in: $0.text).isEmpty || asked.contains($0.text) }
        }
    }

    /// `txn.status` of `var(txn.status) -m int 200`.
    private static func variables(in test: String) -> [String] {
        test.ranges(of: "var(").map { String(test[$0.upperBound...].prefix { $0 != ")" && $0 != "," }) }
    }
}
