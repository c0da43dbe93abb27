import Yams

extension Problem {
    /// What the YAML parser could not read.
    init(_ error: any Error, in text: String) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            if let tab = Self.indentingTab(upTo: mark.line, in: text) {
                self.init(at: tab, key: "", "is not YAML: it is indented with a tab", allowed: "spaces before a key")
                return
            }
            let words = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
            self.init(at: Place(mark), key: "", "is not YAML: \(words)", allowed: "one YAML document")
        case YamlError.duplicatedKeysInMapping(let names, let context):
            // The mark is that of the first of the names, where it stands first.
            self.init(
                at: Place(context.mark), key: names.first.map(Reader.shown) ?? "", "is given more than once",
                allowed: "each key once")
        default:
            self.init(at: .start, key: "", "is not YAML", allowed: "one YAML document in UTF-8")
        }
    }

    /// The last tab that stands where a line's indentation belongs, in the lines up to the one where the parser stopped.
    private static func indentingTab(upTo line: Int, in text: String) -> Place? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(line)
        for (index, line) in lines.enumerated().reversed() {
            let indentation = line.unicodeScalars.prefix { $0 == " " || $0 == "\t" }
            guard indentation.count < line.unicodeScalars.count else { continue }
            if let tab = Array(indentation).firstIndex(of: "\t") { return Place(line: index + 1, column: tab + 1) }
        }
        return nil
    }
}
