import EventLoop
package import Logging
import NIOCore
import ServiceLifecycle
package import Worker

/// What the operator can change by the admin listener, with leave.
struct OperatorChanges: Sendable {
    /// Nil where the log's level is not ours to set.
    private let logLevel: PassingLogLevel?
    private let drain: DrainOrder
    private let current: CurrentConfiguration
    private let loops: LoopSet
    private let reloader: Reloader?
    private let logger: Logger
    /// Where the admin listener is.
    private let address: ListenAddress

    /// - Parameter reloader: nil where there is no file that could be read again.
    init(
        current: CurrentConfiguration, loops: LoopSet, reloader: Reloader?, level: SharedLogLevel?,
        drain: DrainMark, supervisor: Supervisor, logger: Logger
    ) {
        (self.current, self.loops, self.reloader) = (current, loops, reloader)
        logLevel = level.map { PassingLogLevel($0, loops: loops, logger: logger) }
        self.drain = DrainOrder(drain, supervisor: supervisor, logger: logger) {
            current.configuration.shutdown.delay
        }
        self.logger = logger
        address = current.configuration.admin.listen
    }

    /// What is to run for as long as the process does.
    var services: [(any Service)?] { [logLevel, drain] }

    /// The admin listener, with these pages and what it tells.
    ///
    /// - Parameter inherited: sockets that are there already.
    func listener(
        inheriting inherited: InheritedSockets, besides pages: [AdminPage], on eventLoop: any NIOCore.EventLoop
    ) -> AdminListener {
        AdminListener(address, inheriting: inherited, on: eventLoop, pages: AdminPages(pages + self.pages))
    }

    private var pages: [AdminPage] {
        let level = logLevel.map { level in
            AdminPage.logLevel(rights: rights) { level.set($0, for: $1) }
        }
        return [
            .change("/reload", rights: rights) { _ in await reload() },
            .change("/drain", rights: rights) { _ in
                drain.give()
                return .done("draining")
            },
            .cacheFlush(rights: rights, of: loops, logger: logger),
        ] + [level].compactMap(\.self)
    }

    @Sendable private func rights() -> ChangeRights {
        ChangeRights(areGiven: current.configuration.admin.changes, address: address)
    }

    private func reload() async -> AdminPage.Outcome {
        guard let reloader else { return .refused("there is no configuration file") }
        let outcome = await reloader.reload("admin.listen")
        let words = outcome.words(of: reloader.path)
        return switch outcome {
        case .done(_, late: []): .done(words)
        case .done, .unavailable: .unavailable(words)
        case .refused: .refused(words)
        }
    }
}

extension AdminPage {
    /// Has each worker forget every answer between two requests. Who asks is answered when all have done so, but for those that hang.
    package static func cacheFlush(
        rights: @escaping @Sendable () -> ChangeRights, of loops: LoopSet, logger: Logger
    ) -> AdminPage {
        change("/cache/flush", rights: rights) { _ in
            do {
                let late = try await loops.perform { context in context.forgetAnswers() }
                logger.notice("the admin listener had every answer forgotten")
                let count = loops.mailboxes.count
                guard !late.isEmpty else { return .done("the caches of \(count) workers are empty") }
                return .unavailable(
                    "the caches of \(count - late.count) of \(count) workers are empty; \(late.saidToHang("forgets"))")
            } catch {
                return .unavailable("it is ending")
            }
        }
    }
}
