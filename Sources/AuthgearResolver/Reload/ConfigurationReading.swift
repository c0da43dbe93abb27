import Trust
import Worker

/// What was read of the configuration file, and of the files that it names.
struct ConfigurationReading: Sendable {
    let loaded: Result<LoadedConfiguration, ConfigurationError>
    /// Of a memory store.
    private(set) var records: MemoryRecords?
    /// Of the file of API tokens; nil where none are configured.
    private(set) var apiTokens: APITokenFile.Reading?
    /// Of the files of `tls.server`; nil where TLS is not served.
    private(set) var serverTLS: ServerTLSSource.Reading?
    /// Why what was read can't be adopted.
    private(set) var problems: [Problem] = []
    /// As `NamedFiles` has them, whatever came of it.
    let files: [String: FileStamp?]

    /// - Parameters:
    ///   - held: the configuration that holds.
    ///   - known: what was read of the file of API tokens before.
    init(of file: ConfigurationFile, besides held: Configuration, knowing known: APITokenFile.Reading?) {
        let named = NamedFiles()
        loaded = Result { () throws(ConfigurationError) in try file.load(noting: named) }
        files = named.stamps
        guard case .success(let loaded) = loaded else { return }
        problems = held.restartProblems(with: loaded.configuration, places: loaded.places)
        apiTokens = loaded.configuration.readAPITokens(after: known)
        // One with an error is no reason to keep from the configuration what served before: its list stays.
        if case .failure(let error) = apiTokens?.tokens, held.tokens.own?.file != loaded.configuration.tokens.own?.file
        {
            problems += error.problems.prefix(10).map {
                loaded.problem(at: "tokens.static.file", "\(error.file):\($0.line)")
            }
        }
        // Of the same files what was read before serves on.
        serverTLS = loaded.configuration.readServerTLS()
        if let problem = serverTLS?.problem, held.tls.server != loaded.configuration.tls.server {
            problems.append(loaded.problem(at: "tls.server", "\(problem)"))
        }
        // The records may be large: they are read only when nothing else stands in the way.
        guard case .memory(let memory) = loaded.configuration.sessions.store, problems.isEmpty else { return }
        do throws(RecordFileError) {
            records = try memory.records()
        } catch {
            problems.append(loaded.problem(at: "sessions.memory.file", "\(error)"))
        }
    }
}
