import Glibc
import UnixSignals

/// What tells the process to end, SIGTERM and SIGINT: the first asks for an orderly end, the second, for an operator who
/// doesn't want to wait, ends it at once.
struct TerminationSignals {
    /// What a shell reports of a process that SIGTERM ended.
    private static let status: CInt = 128 + SIGTERM

    private let signals: UnixSignalsSequence

    /// From now on the signals no longer end the process by themselves; they are kept until somebody watches.
    init() async {
        signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    }

    /// - Parameter end: begins the orderly end.
    func watch(_ end: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task.detached { [signals] in
            var isFirst = true
            for await _ in signals {
                if !isFirst { _exit(Self.status) }
                isFirst = false
                await end()
            }
        }
    }
}
