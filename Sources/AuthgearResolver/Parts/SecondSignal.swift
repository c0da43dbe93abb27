import Glibc
import UnixSignals

/// Ends the process at once when it is told to end for the second time: the operator doesn't want to wait.
enum SecondSignal {
    /// What a shell reports of a process that SIGTERM ended.
    private static let status: CInt = 128 + SIGTERM

    static func watch() -> Task<Void, Never> {
        Task.detached {
            var isFirst = true
            for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                if !isFirst { _exit(status) }
                isFirst = false
            }
        }
    }
}
