import ArgumentParser
import Bytes
import Glibc

/// `reload`: has the process that runs read its configuration again.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the running process read its configuration file again.",
        discussion: """
            Asks over the socket that admin.control names, and waits. The exit status is 0 when every request is answered by the \
            new configuration, 1 when the file is wrong, which changes nothing and is said whole, and 2 when the process can't \
            be reached.
            """)

    /// How long the process may take: longer than anything that it waits for.
    private static let patience = Duration.seconds(120)

    /// How long it may take to read one line.
    private static let sendPatience = Duration.seconds(2)

    @OptionGroup var file: ConfigurationOption

    func run() throws {
        let reply = try ask(at: try control())
        switch reply.kind {
        case .done: File.write(Array("\(reply.words)\n".utf8), to: STDOUT_FILENO)
        case .refused: throw Self.end(status: 1, reply.words)
        case .unavailable: throw Self.end(status: 2, reply.words)
        }
    }

    /// Where the process listens. The rest of the file is its to read: it may have another environment.
    private func control() throws -> String {
        let read = ConfigurationFile(path: file.config)
        if let path = read.readable()?.admin.control { return path }
        _ = try file.read()
        throw Self.end(
            status: 2,
            "\(file.config): admin.control names no socket, so the process can't be asked; SIGHUP has the same effect")
    }

    private func ask(at path: String) throws -> ControlReply {
        let socket: ControlSocket
        do throws(SystemError) {
            socket = try ControlSocket.connect(to: path)
        } catch {
            throw Self.end(
                status: 2,
                "nobody can be asked at \(path): \(error); does the process run, as this user, with this file?")
        }
        socket.send(ControlRequest.reload.text, within: Self.sendPatience)
        guard let text = socket.receive(within: Self.patience), let reply = ControlReply(text: text) else {
            throw Self.end(status: 2, "the process at \(path) gave no answer; its log says what it does")
        }
        return reply
    }

    private static func end(status: Int32, _ words: String) -> ExitCode {
        File.complain(words)
        return ExitCode(status)
    }
}
