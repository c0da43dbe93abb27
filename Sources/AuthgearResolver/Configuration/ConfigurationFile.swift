import Glibc
import Yams

/// The configuration file: one YAML document of at most 1 MiB.
///
/// Takes a path, the environment and the files that values refer to; gives a `Configuration`, or everything that is
/// wrong with the file at once.
package struct ConfigurationFile {
    private static let maximumBytes = 1 << 20
    /// The most that a `${file:…}` may hold.
    private static let maximumValueBytes = 64 << 10

    /// As the operator named it; it is what errors begin with.
    package var path: String
    /// The value of an environment variable; nil when it is not set.
    package var environment: (String) -> String?

    package init(path: String, environment: @escaping (String) -> String? = ConfigurationFile.processEnvironment) {
        self.path = path
        self.environment = environment
    }

    package func read() throws(ConfigurationError) -> Configuration {
        let bytes: [UInt8]
        do {
            bytes = try File.contents(of: path, limit: Self.maximumBytes)
        } catch {
            throw refusal("can't be read: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw refusal("is not UTF-8 text") }
        return try parse(text)
    }

    /// Reads a text as if it were the file's.
    package func parse(_ text: String) throws(ConfigurationError) -> Configuration {
        let document = UniqueKeys(Self.withoutByteOrderMark(text))
        let reader = Reader(
            substitution: substitution, folder: folder, doubled: Set(document.problems.map(\.place)))
        let configuration = try compose(document.text, besides: document.problems) { root in
            guard reader.accepts(root, key: ""), let mapping = root.mapping else {
                reader.refuse(at: Place(root.mark), key: "", "is not a mapping", allowed: "key: value pairs")
                return Configuration()
            }
            return Configuration(from: Section(mapping, key: "", reader: reader), environment: environment)
        }
        let problems = document.problems + reader.problems
        guard problems.isEmpty else { throw ConfigurationError(file: path, problems: problems) }
        return configuration
    }

    /// Hands over the document's root; an empty document is an empty mapping. The parser lives on meanwhile, for nodes
    /// know their anchors only that long.
    private func compose<Value>(
        _ text: String, besides others: [Problem], _ body: (Node) -> Value
    ) throws(ConfigurationError) -> Value {
        do {
            let parser = try Parser(yaml: text, encoding: .utf8)
            let root = try parser.singleRoot() ?? .mapping([:])
            return withExtendedLifetime(parser) { body(root) }
        } catch {
            throw ConfigurationError(file: path, problems: others + [Problem(error, in: text)])
        }
    }

    /// Some editors begin a text with U+FEFF, which the YAML parser takes for a part of the first key.
    private static func withoutByteOrderMark(_ text: String) -> String {
        let mark: Unicode.Scalar = "\u{FEFF}"
        guard text.unicodeScalars.first == mark else { return text }
        return String(text.unicodeScalars.dropFirst())
    }

    private var substitution: Substitution {
        Substitution(environment: environment) { path throws(FileError) in
            try File.contents(of: path.hasPrefix("/") ? path : "\(folder)/\(path)", limit: Self.maximumValueBytes)
        }
    }

    /// The folder that the file is in.
    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[..<slash])
    }

    private func refusal(_ message: String) -> ConfigurationError {
        ConfigurationError(file: path, problems: [Problem(at: .start, key: "", message)])
    }

    /// The value of a variable of this process's environment.
    package static func processEnvironment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
