import Foundation

/// `docs/contract.md`, by its numbered sections.
struct Contract {
    /// Each section's text: line ends as blanks, without the marks of code.
    let sections: [Int: String]

    init(text: String) {
        sections = Dictionary(
            text.split(separator: "\n## ").compactMap { section in
                section.prefixMatch(of: /(\d+)\.\s/).flatMap { Int($0.1) }.map { number in
                    (number, section.filter { $0 != "`" }.split(whereSeparator: \.isWhitespace).joined(separator: " "))
                }
            }, uniquingKeysWith: { first, _ in first })
    }

    static let shipped = Contract(text: SourceTree.page("docs/contract.md"))

    /// Whether a section has these words, in any case.
    func section(_ number: Int, says words: String) -> Bool {
        sections[number]?.lowercased().contains(words.lowercased()) == true
    }

    /// Whether there is the section, and in it the step or case.
    func has(_ citation: ContractCitation) -> Bool {
        guard let section = sections[citation.section] else { return false }
        return citation.step.map { section.contains(" \($0). ") } ?? true
    }
}

/// Where a comment or a row of a table cites the contract.
struct ContractCitation: Equatable {
    var section: Int
    /// Of `section 4, step 6` or `section 10, case 1`.
    var step: Int?

    /// `contract section 3`, `contract sections 2, 3 and 12`, `contract section 10, case 1`, also across lines of a comment.
    static func all(in text: String) -> [ContractCitation] {
        let flat = text.replacing(/\n *\/\/+ */, with: " ")
        return flat.matches(of: /contract sections? ((?:\d+(?:, | and )?)+)(?:(?:, )?(?:step|case)s? (\d+))?/)
            .flatMap { match in
                match.1.matches(of: /\d+/).compactMap { Int($0.output) }.map { section in
                    ContractCitation(section: section, step: match.2.flatMap { Int($0) })
                }
            }
    }

    /// The clauses at the ends of lines, such as `§6 counts as missing`: a section, perhaps a case of it, and its words.
    static func clauses(in text: String) -> [(citation: ContractCitation, words: String)] {
        text.matches(of: /\| §(\d+)(?:\.(\d+))? (.+)\n/).compactMap { match in
            guard let section = Int(match.1) else { return nil }
            return (ContractCitation(section: section, step: match.2.flatMap { Int($0) }), String(match.3))
        }
    }
}
