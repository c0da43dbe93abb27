import EventLoop
import NIOConcurrencyHelpers
import ServiceLifecycle
import Trust
import Worker

/// What was read of the configuration file, and of the files that it names.
struct ConfigurationReading: Sendable {
    let loaded: Result<LoadedConfiguration, ConfigurationError>
    /// Of a memory store.
    private(set) var records: MemoryRecords?
    /// Why what was read can't be adopted.
    private(set) var problems: [Problem] = []
    /// As `NamedFiles` has them, whatever came of it.
    let files: [String: FileStamp?]

    /// - Parameter held: the configuration that holds.
    init(of file: ConfigurationFile, besides held: Configuration) {
        let named = NamedFiles()
        loaded = Result { () throws(ConfigurationError) in try file.load(noting: named) }
        files = named.stamps
        guard case .success(let loaded) = loaded else { return }
        problems = held.restartProblems(with: loaded.configuration, places: loaded.places)
        // The records may be large: they are read only when nothing else stands in the way.
        guard case .memory(let memory) = loaded.configuration.sessions.store, problems.isEmpty else { return }
        do throws(RecordFileError) {
            records = try memory.records()
        } catch {
            problems.append(loaded.problem(at: "sessions.memory.file", "\(error)"))
        }
    }
}

/// Work that may block for ever, on a thread of its own.
package enum Aside {
    /// Who waits for it, until the first of the work and the end of the process has come.
    private struct Wait<Value: Sendable> {
        var isOver = false
        var continuation: CheckedContinuation<Value?, Never>?
    }

    /// - Returns: nil when the process is to end before the work has: it is left alone then.
    package static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        let wait = NIOLockedValueBox(Wait<Value>())
        return await withTaskCancellationOrGracefulShutdownHandler {
            await withCheckedContinuation { continuation in
                let isOver = wait.withLockedValue { wait in
                    if !wait.isOver { wait.continuation = continuation }
                    return wait.isOver
                }
                guard !isOver else { return continuation.resume(returning: nil) }
                // Where the system has no thread left, this one has to do.
                if !BlockingThreads.run({ end(wait, with: work()) }) { end(wait, with: work()) }
            }
        } onCancelOrGracefulShutdown: {
            end(wait, with: nil)
        }
    }

    private static func end<Value>(_ wait: NIOLockedValueBox<Wait<Value>>, with value: Value?) {
        let continuation = wait.withLockedValue { wait in
            wait.isOver = true
            return wait.continuation.take()
        }
        continuation?.resume(returning: value)
    }
}
