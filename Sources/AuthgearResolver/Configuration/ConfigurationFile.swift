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
        let reader = Reader(substitution: substitution, folder: folder)
        let configuration = try compose(text) { root in
            guard reader.accepts(root, key: ""), let mapping = root.mapping else {
                reader.refuse(at: Place(root.mark), key: "", "is not a mapping", allowed: "key: value pairs")
                return Configuration()
            }
            return Configuration(from: Section(mapping, key: "", reader: reader))
        }
        guard reader.problems.isEmpty else { throw ConfigurationError(file: path, problems: reader.problems) }
        return configuration
    }

    /// Hands over the document's root; an empty document is an empty mapping. The parser lives on meanwhile, for nodes
    /// know their anchors only that long.
    private func compose<Value>(_ text: String, _ body: (Node) -> Value) throws(ConfigurationError) -> Value {
        do {
            let parser = try Parser(yaml: text, encoding: .utf8)
            let root = try parser.singleRoot() ?? .mapping([:])
            return withExtendedLifetime(parser) { body(root) }
        } catch {
            throw ConfigurationError(file: path, problems: [Problem(error)])
        }
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

extension Problem {
    /// What the YAML parser could not read.
    fileprivate init(_ error: any Error) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let text = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
            self.init(at: Place(mark), key: "", "is not YAML: \(text)", allowed: "one YAML document")
        case YamlError.duplicatedKeysInMapping(let names, let context):
            let allowed = "each key once"
            self.init(
                at: Place(context.mark), key: names.map(Reader.shown).joined(separator: ", "),
                "is given more than once", allowed: allowed
            )
        default:
            self.init(at: .start, key: "", "is not YAML", allowed: "one YAML document in UTF-8")
        }
    }
}
