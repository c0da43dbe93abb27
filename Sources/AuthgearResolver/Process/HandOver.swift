import EventLoop
import Logging
import Synchronization
import Telemetry
import Worker

/// Hands the sockets that the process listens on to its successor (contract section 30): a conversation on the control socket.
///
///     take-over ──▶                       ready │ lacking ──▶
///               ◀── the sockets                            ◀── done, then the end of the connection
///
/// Until `done` is said nothing has changed here; if the connection ends before, the successor has, and this process goes on. If this one ends
/// before, the connection does so without a word, and the successor goes on with the sockets: from when they are sent this process removes no
/// file of one. When the connection ends after `done` it accepts nothing more for the operator and on the control socket, and it ends in order.
final class HandOver: Sendable {
    /// How long a successor may take to start and to try its keys and its store.
    private static let patience = Duration.seconds(300)
    /// How long it may take to read a line.
    private static let linePatience = Duration.seconds(2)

    private let listener: Listener
    private let admin: AdminListener
    private let readiness: @Sendable () async -> Readiness
    private let drain: DrainMark
    private let logger: Logger
    private let isBusy = Atomic(false)
    /// Given when the sockets are the successor's.
    let isDone = StartSignal()

    init(
        listener: Listener, admin: AdminListener, readiness: @escaping @Sendable () async -> Readiness,
        drain: DrainMark, logger: Logger
    ) {
        (self.listener, self.admin, self.readiness, self.drain) = (listener, admin, readiness, drain)
        self.logger = logger
    }

    /// Who takes its orders; nil without a socket that is configured, or without a file that could be read again.
    func control(at path: String?, _ inherited: InheritedSockets, reloader: Reloader?) -> ControlListener? {
        reloader.flatMap { reloader in
            ControlListener(path: path, inheriting: inherited, reloader: reloader) { [self] in
                await answer($0, control: $1)
            }
        }
    }

    /// Answers one that has asked for the sockets.
    func answer(_ peer: ControlSocket, control: ControlListener) async {
        // One at a time, and the last one: whoever has the sockets hands them on himself.
        let isFree = isBusy.compareExchange(expected: false, desired: true, ordering: .sequentiallyConsistent).exchanged
        guard isFree, !drain.isSet else {
            let words = isFree ? "it is ending" : "another process is taking over"
            if isFree { isBusy.store(false, ordering: .sequentiallyConsistent) }
            return peer.send(ControlReply(.unavailable, words).text, within: Self.linePatience)
        }
        if await !handOver(to: peer, control: control) { isBusy.store(false, ordering: .sequentiallyConsistent) }
    }

    /// Whether the successor has them.
    private func handOver(to peer: ControlSocket, control: ControlListener) async -> Bool {
        let sockets = listener.listening + admin.listening + control.listening
        let successor = peer.process.map { "process \($0)" } ?? "another process"
        logger.notice("\(successor) asks for the sockets, to take over")
        /// Says so, because a connection that ends without a word is the end of this process.
        func goOn(_ reply: ControlReply, _ words: String) -> Bool {
            for socket in sockets { socket.own() }
            peer.send(reply.text, within: Self.linePatience)
            logger.notice("\(successor) \(words): nothing changed")
            return false
        }
        // Before they are sent: from that moment on the files are the successor's if this process ends.
        for socket in sockets { socket.disown() }
        guard write(sockets, to: peer) else {
            return goOn(ControlReply(.unavailable, "its sockets could not be sent"), "did not get the sockets")
        }
        guard case .done(let line) = await Aside.run({ peer.receiveLine(within: Self.patience) }) else {
            peer.finish()
            logger.notice("this process ends before \(successor) is ready, which goes on with the sockets")
            return true
        }
        guard let report = line.flatMap({ SuccessorReport(text: $0) }) else {
            return goOn(ControlReply(.unavailable, "nothing was said in time"), "has ended before it was ready")
        }
        let held = report == .lacking ? await readiness().lines : []
        guard report == .ready || !held.isEmpty || drain.isSet else {
            return goOn(ControlReply(.refused, ""), "lacks what this one has")
        }
        guard peer.write(ControlReply(.done, "").text, within: Self.linePatience) || drain.isSet else {
            return goOn(ControlReply(.unavailable, ""), "has ended before it was told")
        }
        logger.notice("\(successor) has taken over: this one ends")
        drain.set()
        admin.leave()
        await control.leave()
        // The successor waits for it: from here on an operator's question is its to answer.
        peer.finish()
        isDone.give()
        return true
    }

    /// Whether they have gone: as copies, because a socket may be closed meanwhile and its number be another file's.
    private func write(_ sockets: [ListeningSocket], to peer: ControlSocket) -> Bool {
        let copies = sockets.compactMap { $0.copy() }
        defer { for copy in copies { ListeningSocket.close(descriptor: copy) } }
        guard copies.count == sockets.count else { return false }
        let reply = ControlReply(.done, HandedSocket.words(for: sockets))
        return peer.write(reply.text, passing: copies, within: Self.linePatience)
    }
}
