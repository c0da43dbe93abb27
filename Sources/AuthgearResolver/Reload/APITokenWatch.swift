import Authentication
import EventLoop
import Logging
import ServiceLifecycle
import Telemetry
import Trust
import Worker

/// Has the file of API tokens read again within a second of a change, and all workers take what it lists.
///
/// As `ConfigurationWatch` it looks at what the path leads to, so that a file that is written anew, replaced, or reached through
/// links that move, is all the same to it. What is being written is let finish, unless that takes too long: a list that ends in its
/// middle would end the tokens behind it.
struct APITokenWatch: Service {
    private static let pause = Duration.milliseconds(250)
    /// So many looks that find another file each time are waited for.
    private static let mostMoves = 2
    /// So many lines tell what is wrong with a file.
    private static let mostLines = 10

    let source: APITokenSource
    let loops: LoopSet
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var (last, moves): (FileStamp?, Int) = (nil, 0)
            while true {
                try await Task.sleep(for: Self.pause)
                guard let known = source.reading else { continue }
                let stamp = FileStamp(path: known.file.path)
                if let stamp, stamp == known.stamp { continue }
                guard stamp == last || moves == Self.mostMoves else {
                    (last, moves) = (stamp, moves + 1)
                    continue
                }
                (last, moves) = (stamp, 0)
                // Aside, because a file system can hang, and because a long list takes its time.
                guard case .done(let reading) = await Aside.run({ known.file.read(after: known) }) else { return }
                tell(source.update(reading), of: reading.file)
            }
        }
    }

    private func tell(_ change: APITokenSource.Change, of file: APITokenFile) {
        switch change {
        case .none: break
        case .list(let count):
            for mailbox in loops.mailboxes {
                // What holds when it is read: between two changes the later one counts.
                mailbox.post(.perform { [source] in $0.resolver.adopt(source.list) })
            }
            logger.notice("the API tokens were read again", metadata: .init([.count: "\(count)"]))
        case .refused(let error):
            for problem in error.problems.prefix(Self.mostLines) {
                logger.error(
                    "the API tokens were not read again: the list of before holds",
                    metadata: .init([.reason: "\(error.file):\(problem.line)"]))
            }
        }
    }
}
