package import Bytes
import EventLoop
import Glibc

/// The process that runs, as one that is to follow it knows it: asked at `admin.control` for the sockets that it listens on (contract section
/// 30). It goes on for as long as it has not been told that the successor is ready; so whatever happens here before costs nobody a request.
package final class Predecessor: Sendable {
    /// How long it may take to hand its sockets over, and then to let go of them.
    private static let patience = Duration.seconds(10)

    /// What it says when its successor is ready.
    package enum Farewell: Sendable {
        /// The sockets are the successor's now, their files included.
        case done
        /// So they are, because it has ended.
        case gone
        /// It goes on: it lacks nothing, which can't be said of the successor.
        case refused
        case failed(Problem)
    }

    /// Why it is not followed.
    package enum Problem: Error, CustomStringConvertible {
        case notConfigured(file: String)
        case nobody(path: String, SystemError)
        case stranger(UInt32)
        /// It said so itself.
        case refused(String)
        case silent
        case damaged

        package var description: String {
            switch self {
            case .notConfigured(let file):
                "\(file): admin.control names no socket, so the process that runs can't be asked for its sockets; stop and start it"
            case .nobody(let path, let error):
                "nobody can be asked at \(path): \(error); does the process run, as this user, with this file? Without one "
                    + "that runs, start without --take-over"
            case .stranger(let user):
                "the process that runs is user \(user)'s and this one user \(geteuid())'s: start it as the same user"
            case .refused(let words): "the process that runs does not hand over: \(words)"
            case .silent: "the process that runs gave no answer; its log says what it does"
            case .damaged:
                "the process that runs sent other than its sockets: is it of another version? Stop and start it"
            }
        }
    }

    private let socket: ControlSocket

    private init(_ socket: ControlSocket) {
        self.socket = socket
    }

    /// Asks for its sockets. Blocks until they are there.
    ///
    /// - Parameter file: the configuration's, for the error.
    /// - Returns: the process and its sockets, each of which is closed by who takes it.
    package static func ask(
        at path: String?, file: String
    ) throws(Problem) -> (Predecessor, [HandedSocket]) {
        guard let path else { throw .notConfigured(file: file) }
        let socket: ControlSocket
        do throws(SystemError) {
            socket = try ControlSocket.connect(to: path)
        } catch {
            throw .nobody(path: path, error)
        }
        guard socket.peer == geteuid() else { throw .stranger(socket.peer ?? .max) }
        guard socket.write(ControlRequest.takeOver.text, within: patience) else { throw .silent }
        guard let (text, descriptors) = socket.receiveReply(within: patience) else { throw .silent }
        let reply = ControlReply(text: text)
        guard let reply, reply.kind == .done else {
            for descriptor in descriptors { ListeningSocket.close(descriptor: descriptor) }
            throw reply.map { .refused($0.words) } ?? .damaged
        }
        return (Predecessor(socket), try HandedSocket.read(reply.words, descriptors))
    }

    /// Whether it has said something, or has ended.
    var hasSpoken: Bool { socket.hasInput }

    /// Tells it that the successor is ready, and waits until it has let go of what it hands over. Blocks.
    ///
    /// - Parameter lacksSomething: whether the successor can't answer everybody at this moment.
    package func finish(lacksSomething: Bool) -> Farewell {
        let report: SuccessorReport = lacksSomething ? .lacking : .ready
        // Where it has ended this can't be written, and what it said before can be read.
        socket.write(report.text, within: Self.patience)
        var (text, ending) = socket.receiveAll(within: Self.patience)
        if ending == .unread {
            // It goes on, unless it has said otherwise just now.
            socket.stopReceiving()
            let rest = socket.receiveAll(within: .zero).text
            text = text.flatMap { text in rest.map { text + $0 } }
        }
        guard let text else { return .failed(.damaged) }
        // Final, whatever comes behind it, or does not.
        if text.hasPrefix("\(ControlReply.Kind.done.rawValue)\n") { return .done }
        // Who goes on says so; who says nothing more has ended, or is about to.
        guard !text.isEmpty else { return ending == .unread ? .failed(.silent) : .gone }
        guard let reply = ControlReply(text: text) else { return .failed(.damaged) }
        return reply.kind == .refused ? .refused : .failed(.refused(reply.words))
    }
}
