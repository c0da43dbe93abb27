import Glibc
import Logging
import Synchronization
import UnixSignals

/// What signals mean to the process.
///
/// SIGTERM and SIGINT tell it to end: the first asks for an orderly end, the second, for an operator who doesn't want to
/// wait, ends it at once. SIGHUP has the configuration read again. SIGUSR1 and SIGUSR2, by which other programs are told to open
/// their logs again, would end a process that doesn't know them: they are ignored, with a log line. SIGPIPE is ignored as
/// soon as NIO has a socket, and without a line.
struct ProcessSignals {
    /// What a shell reports of a process that SIGTERM ended.
    private static let status: CInt = 128 + SIGTERM

    private let ends: Set<UnixSignal>
    private let signals: UnixSignalsSequence

    /// From now on the signals no longer end the process by themselves; they are kept until somebody watches.
    ///
    /// - Parameter hangUpEnds: whether SIGHUP tells it to end, too: of a program that somebody runs to look at it, the
    ///   terminal was closed.
    init(hangUpEnds: Bool) async {
        ends = hangUpEnds ? [.sigterm, .sigint, .sighup] : [.sigterm, .sigint]
        signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup, .sigusr1, .sigusr2)
    }

    /// - Parameters:
    ///   - reload: has the configuration read again; nil: there is no file.
    ///   - end: begins the orderly end, and may take its time.
    func watch(
        _ logger: Logger, reload: (@Sendable () async -> Void)?, end: @escaping @Sendable () async -> Void
    ) -> Task<Void, Never> {
        Task.detached { [signals, ends] in
            var isFirst = true
            for await signal in signals {
                guard ends.contains(signal) else {
                    if signal == .sighup, let reload {
                        Task { await reload() }
                    } else {
                        logger.notice("\(signal) is ignored")
                    }
                    continue
                }
                if !isFirst { _exit(Self.status) }
                isFirst = false
                logger.notice("\(signal) tells the process to end")
                // Beside this loop: the second signal must be heard while the orderly end takes its time.
                Task { await end() }
            }
        }
    }
}

/// Whether the process was told to end: from that moment on it is not ready for new work, though it still takes it.
final class DrainMark: Sendable {
    private let isMade = Atomic(false)

    /// Set once, and for good.
    func set() {
        isMade.store(true, ordering: .relaxed)
    }

    var isSet: Bool { isMade.load(ordering: .relaxed) }
}
