import Yams

/// A YAML text in which no mapping has a key twice, made of one in which some may.
///
/// The parser refuses a doubled key before anything else can be read. So that all errors can be said at once, each key
/// that comes again later is renamed, in its place and without changing its length, until the parser takes the text.
struct UniqueKeys {
    /// So many doubled keys are told; a file with more has other worries.
    private static let limit = 50
    /// What the first renamed key begins with, from a range that Unicode gives no meaning; each has one of its own.
    private static let firstMarker: UInt32 = 0xE000

    private(set) var text: String
    /// A problem for each key that was renamed, at its place.
    private(set) var problems: [Problem] = []

    init(_ text: String) {
        self.text = text
        while problems.count < Self.limit, let error = Self.duplicate(in: self.text) {
            let problem = Problem(error, in: self.text)
            guard let renamed = renaming(at: problem.place) else { return }
            self.text = renamed
            problems.append(problem)
        }
    }

    /// The parser's error, when it is that a key is doubled.
    private static func duplicate(in text: String) -> (any Error)? {
        do {
            _ = try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch {
            if case YamlError.duplicatedKeysInMapping = error { return error }
        }
        return nil
    }

    /// The text with another key there; nil when what stands there can't be renamed.
    private func renaming(at place: Place) -> String? {
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
        guard lines.indices.contains(place.line - 1),
            let marker = Unicode.Scalar(Self.firstMarker + UInt32(problems.count))
        else { return nil }
        var line = lines[place.line - 1]
        let isQuoted = line.indices.contains(place.column - 1) && ["\"", "'"].contains(line[place.column - 1])
        let index = place.column - (isQuoted ? 0 : 1)
        guard line.indices.contains(index), !["\"", "'", ":"].contains(line[index]) else { return nil }
        line[index] = marker
        lines[place.line - 1] = line
        return String(String.UnicodeScalarView(lines.joined(separator: ["\n"])))
    }
}
