/// How files are reached: the caller has the file system, and the parser of YAML.
package struct LintFiles {
    /// The text of a file, or why it can't be read, in words.
    package var text: (_ path: String, _ limit: Int) -> Result<String, LintFileError>
    /// The paths that a pattern with `*`, `?` and `[…]` matches, in order.
    package var matches: (_ pattern: String) -> [String]
    /// What `gateway nginx` prints under a name.
    package var shipped: (_ name: String) -> String?
    /// The documents of a YAML or JSON text.
    package var documents: (_ text: String, _ file: String) -> Result<[ConfigNode], ConfigNodeError>

    package init(
        text: @escaping (_ path: String, _ limit: Int) -> Result<String, LintFileError>,
        matches: @escaping (_ pattern: String) -> [String],
        shipped: @escaping (_ name: String) -> String?,
        documents: @escaping (_ text: String, _ file: String) -> Result<[ConfigNode], ConfigNodeError>
    ) {
        self.text = text
        self.matches = matches
        self.shipped = shipped
        self.documents = documents
    }
}

/// Why a file can't be read.
package struct LintFileError: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}

/// Why a text is no YAML, and in which line that was seen.
package struct ConfigNodeError: Error {
    package var line: Int
    package var message: String

    package init(line: Int, message: String) {
        self.line = line
        self.message = message
    }
}
