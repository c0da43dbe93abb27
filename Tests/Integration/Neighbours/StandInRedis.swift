import EventLoop
import Fixtures
import Foundation
import NIOConcurrencyHelpers

/// A server that speaks enough of Redis's protocol to be taken for one, and answers reads as a test wants.
final class StandInRedis: Sendable {
    enum Manner: Sendable {
        /// Reads stay unanswered until `release()`.
        case holdsReads
        /// Each read gets these bytes.
        case says(String)
        /// The first bytes on each connection are these, whatever was asked.
        case greetsWith(String)
    }

    let address: Address
    private let server: SocketServer
    private let readCount = NIOLockedValueBox(0)
    /// Closed while reads stay unanswered.
    private let gate = Gate(isOpen: false)

    /// - Parameter records: what it has, by key.
    init(_ manner: Manner, records: [String: String] = [:]) throws {
        address = .ipv4(try FreePort.take())
        server = try SocketServer(on: address) { [gate, readCount] socket in
            var reader = CommandReader(socket)
            while let words = try reader.next() {
                if case .greetsWith(let bytes) = manner {
                    try socket.send(bytes)
                    continue
                }
                guard ["GET", "MGET"].contains(words[0].uppercased()) else {
                    try socket.send(words[0].uppercased() == "PING" ? "+PONG\r\n" : "+OK\r\n")
                    continue
                }
                // Asked to see whether it can be: of nobody's.
                if words.contains(where: { $0.contains(":none-") }) {
                    try socket.send("$-1\r\n")
                    continue
                }
                readCount.withLockedValue { $0 += 1 }
                switch manner {
                case .says(let bytes): try socket.send(bytes)
                default:
                    gate.pass()
                    try socket.send(Self.reply(to: words, records))
                }
            }
        }
    }

    deinit { release() }

    var url: String { "redis://\(address)/0" }

    /// How many reads it has got.
    var reads: Int { readCount.withLockedValue(\.self) }

    /// Answers the reads it holds, and all that follow.
    func release() { gate.set(isOpen: true) }

    private static func reply(to words: [String], _ records: [String: String]) -> String {
        let values = words.dropFirst().map { key in
            records[key].map { "$\($0.utf8.count)\r\n\($0)\r\n" } ?? "$-1\r\n"
        }
        return (words[0].uppercased() == "MGET" ? "*\(values.count)\r\n" : "") + values.joined()
    }
}

/// Reads Redis commands, arrays of bulk strings, one by one.
private struct CommandReader {
    private var reader: SocketReader

    init(_ socket: Socket) { reader = SocketReader(socket) }

    /// The words of the next command; nil when the client has closed the connection.
    mutating func next() throws -> [String]? {
        guard let count = try number(after: "*") else { return nil }
        var words: [String] = []
        for _ in 0..<count {
            guard let length = try number(after: "$"), let word = try reader.text(count: length),
                try reader.text(count: 2) != nil
            else { return nil }
            words.append(word)
        }
        return words.isEmpty ? nil : words
    }

    private mutating func number(after mark: String) throws -> Int? {
        guard let line = try reader.text(before: "\r\n") else { return nil }
        guard line.hasPrefix(mark), let number = Int(line.dropFirst()) else { throw WireError.malformed(line) }
        return number
    }
}
