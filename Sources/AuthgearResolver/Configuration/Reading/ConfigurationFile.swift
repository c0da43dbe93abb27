import Bytes
import Glibc
import JOSE
import Trust
import Yams

/// The configuration file: one YAML document of at most 1 MiB.
///
/// Takes a path, the environment and the files that values refer to; gives a `Configuration`, or everything that is
/// wrong with the file at once.
package struct ConfigurationFile: Sendable {
    private static let maximumBytes = 1 << 20

    /// As the operator named it; it is what errors begin with.
    package var path: String
    /// The value of an environment variable; nil when it is not set.
    package var environment: @Sendable (String) -> String?

    package init(
        path: String, environment: @escaping @Sendable (String) -> String? = ConfigurationFile.processEnvironment
    ) {
        self.path = path
        self.environment = environment
    }

    package func read() throws(ConfigurationError) -> Configuration {
        try load().configuration
    }

    package func load() throws(ConfigurationError) -> LoadedConfiguration {
        try load(noting: NamedFiles())
    }

    /// Reads the file, and what it names.
    ///
    /// - Parameter files: gets what it names, also when something is wrong with it.
    func load(noting files: NamedFiles) throws(ConfigurationError) -> LoadedConfiguration {
        files.add(path)
        let text = try text()
        var loaded = try load(text, noting: files)
        loaded.sha256 = SHA256Digest(of: Array(text.utf8).span.bytes).hex
        return loaded
    }

    /// What the file holds, byte for byte.
    private func text() throws(ConfigurationError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try File.contents(of: path, limit: Self.maximumBytes)
        } catch {
            throw refusal("can't be read: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw refusal("is not UTF-8 text") }
        return text
    }

    /// Reads a text as if it were the file's.
    package func parse(_ text: String) throws(ConfigurationError) -> Configuration {
        try load(text, noting: NamedFiles()).configuration
    }

    /// What a text says as far as it can be read: a process that runs may be asked to read it whole.
    func readable() -> Configuration? {
        try? configuration(in: text(), noting: NamedFiles()).configuration
    }

    private func load(_ text: String, noting files: NamedFiles) throws(ConfigurationError) -> LoadedConfiguration {
        let (configuration, reader, redacted, problems) = try configuration(in: text, noting: files)
        guard problems.isEmpty else { throw ConfigurationError(file: path, problems: problems) }
        return LoadedConfiguration(
            configuration: configuration, files: files.stamps, places: reader.places, redacted: redacted)
    }

    /// What the text says, who has read it, what of it may be shown, and what is wrong with it.
    private func configuration(
        in text: String, noting files: NamedFiles
    ) throws(ConfigurationError) -> (
        configuration: Configuration, reader: Reader, redacted: [UInt8], problems: [Problem]
    ) {
        let document = UniqueKeys(Self.withoutByteOrderMark(text))
        let reader = Reader(
            substitution: substitution(noting: files), folder: folder, doubled: Set(document.problems.map(\.place)),
            noting: files)
        let (configuration, redacted) = try compose(document.text, besides: document.problems) { root in
            guard reader.accepts(root, key: ""), let mapping = root.mapping else {
                reader.refuse(at: Place(root.mark), key: "", "is not a mapping", allowed: "key: value pairs")
                return (Configuration(), [UInt8]())
            }
            let read = Configuration(from: Section(mapping, key: "", reader: reader), environment: environment)
            // Behind all reading, which is what says where secrets are, and whether aliases would make it without bound.
            let isRight = document.problems.isEmpty && reader.problems.isEmpty
            return (read, isRight ? RedactedFile.json(of: root, hiding: reader.secrets) : [])
        }
        return (configuration, reader, redacted, document.problems + reader.problems)
    }

    /// Hands over the document's root; an empty document is an empty mapping. The parser lives on meanwhile, for nodes
    /// know their anchors only that long.
    private func compose<Value>(
        _ text: String, besides others: [Problem], body: (Node) -> Value
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

    private func substitution(noting files: NamedFiles) -> Substitution {
        Substitution(environment: environment) { path throws(FileError) in
            let path = path.hasPrefix("/") ? path : "\(folder)/\(path)"
            files.add(path)
            return try File.contents(of: path, limit: FileText.maximumBytes)
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

/// A configuration as it was read from its file.
package struct LoadedConfiguration: Sendable {
    package var configuration: Configuration
    /// SHA-256 of the file's bytes as written, in hexadecimal; empty when there is no file.
    package var sha256 = ""
    /// The file and what it names, as `NamedFiles` has them.
    var files: [String: FileStamp?] = [:]
    /// Where each of its keys stands.
    var places: [String: Place] = [:]
    /// What the file says, as `RedactedFile` has it; an empty object when there is no file.
    package private(set) var redacted = Array("{}".utf8)

    package init(configuration: Configuration) {
        self.configuration = configuration
    }

    init(
        configuration: Configuration, files: [String: FileStamp?], places: [String: Place], redacted: [UInt8]
    ) {
        self.configuration = configuration
        self.redacted = redacted
        self.files = files
        self.places = places
    }
}

/// The files that a configuration rests on, besides those that their users look at themselves (keys of issuers).
final class NamedFiles {
    /// What each looked like right before it was read, so that no change comes between the two; nil where there was none.
    private(set) var stamps: [String: FileStamp?] = [:]

    /// To be called before the file is read.
    func add(_ path: String) {
        if stamps[path] == nil { stamps.updateValue(FileStamp(path: path), forKey: path) }
    }
}
