import Fixtures
import Foundation
import Testing

/// A redis-server of a test's own: on a Unix socket in a directory that goes with it, never on a fixed port.
actor RedisServer {
    static let executable = "/usr/bin/redis-server"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: executable)
    static let whyNot: Comment = "redis-server is not installed (apt-get install redis-server)"

    nonisolated let directory: TemporaryDirectory
    nonisolated let socket: String
    private let program: String
    private let arguments: [String]
    private var process: ChildProgram

    /// Starts a server and waits until it accepts connections.
    ///
    /// - Parameters:
    ///   - arguments: more of what the command line says, such as `["--requirepass", "secret"]`.
    ///   - program: one that does as Redis does.
    init(
        _ arguments: [String] = [], running program: String = executable,
        in directory: TemporaryDirectory = TemporaryDirectory()
    ) async throws {
        self.directory = directory
        self.socket = directory.path + "/redis.sock"
        self.arguments = arguments
        self.program = program
        self.process = try await Self.launch(program, arguments, in: directory.path)
    }

    nonisolated var url: String { "unix://\(socket)" }

    /// Ends it at once, as a crash would.
    func crash() async {
        await Program.kill(process)
    }

    /// Starts it again after a crash. It remembers nothing.
    func restart() async throws {
        process = try await Self.launch(program, arguments, in: directory.path)
    }

    /// Stops it in its tracks: it keeps its connections, and says nothing.
    func pause() { process.signal(SIGSTOP) }

    func resume() { process.signal(SIGCONT) }

    /// Runs `redis-cli`, and gives what it prints.
    @discardableResult
    nonisolated func cli(_ arguments: String...) async throws -> String {
        try await cli(arguments)
    }

    @discardableResult
    nonisolated func cli(_ arguments: [String]) async throws -> String {
        try await Program.run("/usr/bin/redis-cli", ["-s", socket] + arguments)
    }

    private static func launch(
        _ program: String, _ arguments: [String], in directory: String
    ) async throws -> ChildProgram {
        let own = ["--port", "0", "--unixsocket", directory + "/redis.sock", "--save", "", "--appendonly", "no"]
        return try await Program.start(
            program, own + arguments, in: directory, until: "eady to accept connections")
    }
}
