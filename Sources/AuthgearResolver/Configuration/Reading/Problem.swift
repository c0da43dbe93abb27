import Yams

/// One thing that is wrong with the configuration file.
package struct Problem: Hashable, Sendable {
    package var place: Place
    /// The whole key, such as `issuers[0].audiences`; empty when the file as a whole is meant.
    package var key: String
    /// What is wrong. Never holds a secret.
    package var message: String
    /// What would be right.
    package var allowed: String?

    package init(at place: Place, key: String, _ message: String, allowed: String? = nil) {
        self.place = place
        self.key = key
        self.message = message
        self.allowed = allowed
    }

    /// One line: `12:5: sessions.redis.url: missing; allowed: …`.
    package var line: String {
        let subject = key.isEmpty ? "" : "\(key): "
        let remedy = allowed.map { "; allowed: \($0)" } ?? ""
        return "\(place.line):\(place.column): \(subject)\(message)\(remedy)"
    }
}

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

/// Where something stands in a file; both count from 1, columns in Unicode scalars.
package struct Place: Hashable, Comparable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static let start = Place(line: 1, column: 1)

    package static func < (left: Place, right: Place) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

extension Place {
    /// The place that the YAML parser noted; the file's start when it noted none.
    init(_ mark: Mark?) {
        self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
}

/// Why a configuration file is refused: everything that is wrong with it, in the order of the file.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// The file, as the operator named it.
    package var file: String
    /// At least one.
    package var problems: [Problem]

    package init(file: String, problems: [Problem]) {
        self.file = file
        self.problems = problems.enumerated()
            .sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
            .map(\.element)
    }

    /// One line for each problem, `resolver.yaml:12:5: sessions.redis.url: …; allowed: …`.
    package var description: String {
        problems.map { "\(file):\($0.line)" }.joined(separator: "\n")
    }
}
