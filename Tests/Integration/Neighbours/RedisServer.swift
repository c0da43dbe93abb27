import EventLoop
import Fixtures
import Foundation
import NIOConcurrencyHelpers

/// A real Redis on an address of its own. What it stores survives `kill` and `start`.
final class RedisServer: Sendable {
    let address: Address
    private let port: UInt16
    private let host: UInt8
    private let password: String?
    private let more: [String]
    private let settings: [String]
    private let directory: String
    private let process = NIOLockedValueBox<ChildProcess?>(nil)

    /// - Parameters:
    ///   - host: the last byte of the address 127.0.0.x.
    ///   - more: arguments before the usual ones, such as a configuration file and `--sentinel`.
    ///   - settings: arguments behind them, which count instead of theirs.
    init(
        port: UInt16? = nil, host: UInt8 = 1, password: String? = nil, _ more: [String] = [], settings: [String] = []
    ) throws {
        self.more = more
        self.port = try port ?? FreePort.take()
        self.host = host
        address = .ipv4(self.port, host: host)
        self.password = password
        self.settings = settings
        directory = try Scratch.directory()
        if let file = more.first, file.hasSuffix(".conf") { try Scratch.write("", to: "\(directory)/\(file)") }
        try start()
    }

    /// For `sessions.redis.url`.
    var url: String { "redis://\(password.map { ":\($0)@" } ?? "")\(address)/0" }

    var unixSocketPath: String { "\(directory)/redis.sock" }

    func start(_ settingsOfThisStart: [String] = []) throws {
        guard let executable = Program.redis else { throw WireError.failed("finding redis-server", ENOENT) }
        let arguments = [
            "--bind", "127.0.0.\(host)", "--port", "\(port)", "--unixsocket", unixSocketPath, "--dir", directory,
            "--save", "", "--appendonly", "yes", "--appendfsync", "always",
        ]
        // A cluster's nodes speak 10,000 ports above, which may not be there.
        let cluster = more.contains("--cluster-enabled") ? ["--cluster-port", "\(try FreePort.take())"] : []
        let started = try ChildProcess(
            executable,
            more + arguments + cluster + (password.map { ["--requirepass", $0] } ?? []) + settings
                + settingsOfThisStart,
            in: directory)
        process.withLockedValue { $0 = started }
        _ = try eventually("redis-server to answer; it wrote:\n\(started.output)") {
            try command("PING").hasPrefix("+PONG") ? true : nil
        }
    }

    var isRunning: Bool { process.withLockedValue { $0?.status() == nil } }

    /// Stops it in its tracks, or lets it go on.
    func signal(_ number: Int32) { process.withLockedValue { $0?.signal(number) } }

    /// Ends it as a crash would.
    func kill() { process.withLockedValue { $0?.kill() } }

    /// - Parameter more: further words of the command, such as `EX` and how long.
    func set(_ key: String, _ value: String, _ more: String...) throws {
        try expectOK(command(["SET", key, value] + more))
    }

    func delete(_ key: String) throws { _ = try command("DEL", key) }

    /// Sends one command and returns its reply as it came.
    @discardableResult
    func command(_ words: String...) throws -> String { try command(words) }

    @discardableResult
    func command(_ words: [String]) throws -> String {
        try RedisWords.reply(to: words, at: address, password: password)
    }

    private func expectOK(_ reply: String) throws {
        guard reply == "+OK\r\n" else { throw WireError.malformed(reply) }
    }
}
