import Bytes
import EventLoop
import Logging
import ServiceLifecycle
import Telemetry
import Trust

/// Has the files of `tls.server` read again when one was changed and all have been quiet for a second, so that who replaces a
/// certificate and its key is let finish.
///
/// As `ConfigurationWatch` it looks at what the paths lead to. Who connects from then on is served by what was read; a pair that
/// can't be is told of, and what was read before serves on.
struct ServerTLSWatch: Service {
    private static let pause = Duration.milliseconds(250)

    let source: ServerTLSSource
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var change = QuietChange<FileStamp?>()
            while true {
                try await Task.sleep(for: Self.pause)
                guard let known = source.reading else { continue }
                // Aside, because a file system can hang.
                guard case .done(let looks) = await Aside.run({ known.files.stamps }) else { return }
                guard change.look(looks, read: known.stamps, at: Moment.steadyNanoseconds()) else { continue }
                let reading = await Aside.run { ServerTLSSource.Reading(of: known.files, at: .now) }
                guard case .done(let reading) = reading else { return }
                tell(source.updateSame(reading))
            }
        }
    }

    private func tell(_ change: ServerTLSSource.Change) {
        switch change {
        case .none: break
        case .done:
            logger.notice("the files of tls.server were read again")
        case .refused(let problem):
            logger.warning(
                "the files of tls.server were not taken: what was read before serves on",
                metadata: .init([.reason: "\(problem)"]))
        }
    }
}
