package import Bytes
import NIOConcurrencyHelpers
package import TLS

/// How TLS is served at the moment, and what is known of the files that it is served by. One for the process.
///
/// Who is connected keeps what held when he came. Files that can't be served by change nothing: what was read before serves on.
package final class ServerTLSSource: Sendable {
    /// What a look at the files found.
    package struct Reading: Sendable {
        package let files: ServerFiles
        /// What they looked like right before they were read.
        package let stamps: [String: FileStamp?]
        package let context: Result<TLSServerContext, ServerFileProblem>

        package init(of files: ServerFiles, at now: Timestamp) {
            self.files = files
            stamps = files.stamps
            context = Result { () throws(ServerFileProblem) in try files.read(at: now) }
        }

        package var problem: ServerFileProblem? { if case .failure(let problem) = context { problem } else { nil } }
    }

    /// What came of reading the files again.
    package enum Change: Equatable {
        /// Nothing that was not known.
        case none
        case done
        case refused(ServerFileProblem)
    }

    private struct State {
        /// What was read last, whatever came of it; nil where TLS is not served.
        var reading: Reading?
        /// Of the last files that could be served by.
        var context: TLSServerContext?
        var figures = ServerTLSFigures()

        mutating func take(_ reading: Reading) -> Change {
            let known = self.reading?.problem
            self.reading = reading
            switch reading.context {
            case .success(let context):
                self.context = context
                figures.isRefused = false
                figures.done += 1
                return .done
            case .failure(let problem):
                figures.isRefused = true
                figures.refused += 1
                return problem == known ? .none : .refused(problem)
            }
        }
    }

    private let state = NIOLockedValueBox(State())

    /// - Parameter reading: of files that can be served by; nil where TLS is not served.
    package init(_ reading: Reading?) { _ = reading.map(update) }

    /// Nil where TLS is not served.
    package var context: TLSServerContext? { state.withLockedValue(\.context) }

    /// What was read last, whatever came of it; nil where TLS is not served.
    package var reading: Reading? { state.withLockedValue(\.reading) }

    package var figures: ServerTLSFigures { state.withLockedValue(\.figures) }

    /// Takes what was read of files, the same or others.
    @discardableResult
    package func update(_ reading: Reading) -> Change { state.withLockedValue { $0.take(reading) } }

    /// Takes what was read of the same files again, unless others are looked at by now.
    package func updateSame(_ reading: Reading) -> Change {
        state.withLockedValue { state in state.reading?.files == reading.files ? state.take(reading) : .none }
    }

    /// What is wrong with the files, while those of before serve on.
    package var problem: String? {
        reading?.problem.map { "tls.server: \($0); what was read before serves on" }
    }
}

/// How reading the files went, for `/metrics`.
package struct ServerTLSFigures: Sendable {
    /// Whether the files have an error, so that what was read before serves.
    package var isRefused = false
    /// How often they were taken, the first time included, and refused.
    package var done = 0
    package var refused = 0

    package init() {}
}
