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
    private let answer: @Sendable (ControlRequest) async -> ControlReply
    private let socket = Mutex<ListeningSocket?>(nil)
    private let isStopped = Atomic(false)

    /// - Parameter answer: does what is asked.
    init(path: String, answer: @escaping @Sendable (ControlRequest) async -> ControlReply) {
        self.path = path
        self.answer = answer
    }

    /// Listens; nobody is answered until `run`.
    func bind() throws(ListenError) {
        guard socket.withLock({ $0 == nil }) else { return }
        let opened = try ListeningSocket.open(path: path, permissions: Self.permissions, backlog: Self.backlog)
        socket.withLock { $0 = opened }
    }

    /// Answers until it is to shut down. Binds, unless that was done.
    func run() async throws {
        try bind()
        guard let socket = socket.withLock(\.self) else { return }
        let (requests, asking) = AsyncStream.makeStream(of: Asked.self, bufferingPolicy: .bufferingOldest(Self.backlog))
        let isRunning = BlockingThreads.run {
            self.accept(at: socket, asking: asking)
            asking.finish()
            // Here, where nobody waits at it any more: its number may be another file's as soon as it is closed.
            self.close()
        }
        guard isRunning else { return close() }
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                for await asked in requests {
                    tasks.addTask { await self.reply(to: asked) }
                }
            }
        } onCancelOrGracefulShutdown: {
            // Before the wake-up: who is woken looks for the reason.
            self.isStopped.store(true, ordering: .sequentiallyConsistent)
            // Wakes who waits for a connection. Under the lock: who was awake already may have closed it, or be about to.
            _ = self.socket.withLock { $0.map { shutdown($0.descriptor, CInt(SHUT_RDWR)) } }
        }
    }

    private func close() {
        socket.withLock { $0.take()?.close() }
    }

    /// Answers, and waits until that is taken, so that the process does not end before. On a thread of its own: who asked may be slow.
    private func reply(to asked: Asked) async {
        let text = await answer(asked.request).text
        await withCheckedContinuation { continuation in
            let send = { @Sendable in
                asked.socket.send(text, within: Self.patience)
                continuation.resume()
            }
            if !BlockingThreads.run(send) { send() }
        }
    }

    private func accept(at socket: ListeningSocket, asking: AsyncStream<Asked>.Continuation) {
        var entry = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            _ = unsafe poll(&entry, 1, -1)
            switch socket.accept() {
            case .connection(let descriptor): read(from: ControlSocket(owning: descriptor), asking: asking)
            case .gone, .nothing: continue
            // Who waits stays in the queue, so that `poll` would return at once, again and again.
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
        guard let text = socket.receive(within: Self.patience), let request = ControlRequest(text: text) else {
            return refuse(
                socket, because: "the request is none of \(Version.program)'s: is authgear-resolver of another version?"
            )
        }
        guard case .enqueued = asking.yield(Asked(socket: socket, request: request)) else {
            return refuse(socket, because: "too much is asked at once")
        }
    }

    private func refuse(_ socket: ControlSocket, because words: String) {
        socket.send(ControlReply(.unavailable, words).text, within: Self.patience)
    }
}

extension ControlListener {
    /// Nil without a path.
    convenience init?(path: String?, reloader: Reloader) {
        guard let path else { return nil }
        self.init(path: path) { request in
            switch request {
            case .reload: ControlReply(await reloader.reload("admin.control"), of: reloader.path)
            }
        }
    }
}

extension ControlReply {
    fileprivate init(_ outcome: Reloader.Outcome, of path: String) {
        switch outcome {
        case .done(let generation):
            self.init(.done, "\(path): reloaded; it is configuration \(generation) since the start")
        case .refused(let error): self.init(.refused, "\(error)")
        case .unavailable: self.init(.unavailable, "it is ending, or busy with other reloads")
        }
    }
}
