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
