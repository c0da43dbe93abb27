import EventLoop
import Glibc
import ServiceLifecycle
import Synchronization

/// Listens on `admin.control`: a Unix socket by which who runs as the same user tells the process what to do.
///
/// Rare and blocking, so it has a thread of its own: one connection after another is accepted and read, within a time, and replies are
/// written when what was asked is done.
final class ControlListener: Service {
    /// Nobody but the process' own user may connect.
    private static let permissions: UInt32 = 0o600
    private static let backlog = 16
    /// Until the next try where the process has no descriptor left, in microseconds.
    private static let shortagePause: useconds_t = 100_000
    /// How long a request may take to arrive, and a reply to be taken.
    private static let patience = Duration.seconds(2)

    /// A request whose reply is owed.
    private struct Asked: Sendable {
        let socket: ControlSocket
        let request: ControlRequest
    }

    private let path: String
    private let inherited: InheritedSockets
    private let reload: @Sendable () async -> ControlReply
    private let handOver: @Sendable (ControlSocket, ControlListener) async -> Void
    private let socket = Mutex<ListeningSocket?>(nil)
    /// Given when it may accept: at once, unless another process still does at the same socket.
    private let isOpen = StartSignal()
    private let isStopped = Atomic(false)
    /// Wakes who waits for a connection. Not `shutdown`: that would end the socket for a successor, too.
    private let bell = WakeUpEvent()
    /// Given when nobody accepts any more.
    private let hasLeft = StartSignal()

    /// - Parameters:
    ///   - inherited: sockets that are there already; another one is bound.
    ///   - reload: has the configuration read again.
    ///   - handOver: hands the sockets over to a successor, which has asked; ends when all is said.
    init(
        path: String, inheriting inherited: InheritedSockets = InheritedSockets(),
        reload: @escaping @Sendable () async -> ControlReply,
        handOver: @escaping @Sendable (ControlSocket, ControlListener) async -> Void
    ) {
        (self.path, self.inherited, self.reload, self.handOver) = (path, inherited, reload, handOver)
        if !inherited.areHeld { isOpen.give() }
    }

    /// Listens; nobody is answered until `run`.
    func bind() throws(ListenError) {
        guard socket.withLock({ $0 == nil }) else { return }
        let opened = try inherited.open(
            at: .unix(path: path), backlog: Self.backlog, permissions: Self.permissions)
        socket.withLock { $0 = opened }
    }

    /// What it listens on.
    var listening: [ListeningSocket] { socket.withLock { $0.map { [$0] } ?? [] } }

    /// Another process no longer accepts at the socket: this one does.
    func open() {
        isOpen.give()
    }

    /// Accepts nothing more, and returns when that is so. Replies that are owed are written.
    func leave() async {
        stop()
        await hasLeft.wait()
    }

    /// Answers until it is to shut down. Binds, unless that was done.
    func run() async throws {
        try bind()
        guard await isOpen.wait() else { return close() }
        guard let socket = socket.withLock(\.self) else { return }
        let (requests, asking) = AsyncStream.makeStream(of: Asked.self, bufferingPolicy: .bufferingOldest(Self.backlog))
        let isRunning = BlockingThreads.run {
            self.accept(at: socket, asking: asking)
            // Here, where nobody waits at it any more: its number may be another file's as soon as it is closed.
            self.close()
            self.hasLeft.give()
            asking.finish()
        }
        guard isRunning else { return close() }
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                for await asked in requests {
                    tasks.addTask { await self.reply(to: asked) }
                }
            }
            // Who has left is not to end before the others.
            await StartSignal.waitForEnd()
        } onCancelOrGracefulShutdown: {
            self.stop()
        }
    }

    private func stop() {
        // Before the wake-up: who is woken looks for the reason.
        isStopped.store(true, ordering: .sequentiallyConsistent)
        bell.ring()
    }

    private func close() {
        socket.withLock { $0.take()?.close() }
    }

    /// Answers, and waits until that is taken, so that the process does not end before. On a thread of its own: who asked may be slow.
    private func reply(to asked: Asked) async {
        guard asked.request == .reload else { return await handOver(asked.socket, self) }
        let text = await reload().text
        await withCheckedContinuation { continuation in
            let send = { @Sendable in
                asked.socket.send(text, within: Self.patience)
                continuation.resume()
            }
            if !BlockingThreads.run(send) { send() }
        }
    }

    private func accept(at socket: ListeningSocket, asking: AsyncStream<Asked>.Continuation) {
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            bell.wait(besides: socket.descriptor)
            guard !isStopped.load(ordering: .sequentiallyConsistent) else { return }
            switch socket.accept() {
            case .connection(let descriptor): read(from: ControlSocket(owning: descriptor), asking: asking)
            case .gone, .nothing: continue
            // Who waits stays in the queue, so that the wait would end at once, again and again.
            case .shortage: usleep(Self.shortagePause)
            }
        }
    }

    private func read(from socket: ControlSocket, asking: AsyncStream<Asked>.Continuation) {
        // Before a byte is read: another user can't keep the thread busy.
        guard socket.peer == geteuid() else {
            return refuse(
                socket, because: "only the user that the process runs as may ask, whose number is \(geteuid())")
        }
        do throws(ControlRequestError) {
            let request = try ControlRequest(text: socket.receiveLine(within: Self.patience))
            guard case .enqueued = asking.yield(Asked(socket: socket, request: request)) else {
                return refuse(socket, because: "too much is asked at once")
            }
        } catch {
            refuse(socket, because: error.description)
        }
    }

    private func refuse(_ socket: ControlSocket, because words: String) {
        socket.send(ControlReply(.unavailable, words).text, within: Self.patience)
    }
}

extension ControlListener {
    /// Nil without a path.
    convenience init?(
        path: String?, inheriting inherited: InheritedSockets, reloader: Reloader,
        handOver: @escaping @Sendable (ControlSocket, ControlListener) async -> Void
    ) {
        guard let path else { return nil }
        self.init(
            path: path, inheriting: inherited,
            reload: { ControlReply(await reloader.reload("admin.control"), of: reloader.path) }, handOver: handOver)
    }
}

extension ControlReply {
    fileprivate init(_ outcome: Reloader.Outcome, of path: String) {
        let words = outcome.words(of: path)
        switch outcome {
        case .done(_, late: []): self.init(.done, words)
        case .done, .unavailable: self.init(.unavailable, words)
        case .refused: self.init(.refused, words)
        }
    }
}
