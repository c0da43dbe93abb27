import Fixtures
import NIOConcurrencyHelpers

/// A real redis-sentinel that watches over one service, `mymaster`.
final class SentinelServer: Sendable {
    static let executable = Program.inPath("redis-sentinel")
    static let whyNot = "needs redis-sentinel (apt-get install redis-sentinel; make test does)"
    static let service = "mymaster"

    /// Where it listens.
    let address: Address
    private let process: ChildProcess

    /// - Parameters:
    ///   - machine: the last byte of its address.
    ///   - primary: the primary, as the others see it.
    ///   - quorum: so many Sentinels begin a failover; a majority makes it.
    ///   - lines: further ones of its configuration.
    init(
        on machine: UInt8 = 1, port: UInt16, watching primary: Address, quorum: Int = 2, _ lines: [String] = []
    ) throws {
        guard let executable = Self.executable else { throw GaveUp(what: "redis-sentinel") }
        address = .ipv4(port, host: machine)
        let directory = try Scratch.directory()
        let place = "\(primary)".replacing(":", with: " ")
        // Of several at once one has the same luck as on machines that are busy.
        let configuration =
            [
                "bind 127.0.0.\(machine)", "bind-source-addr 127.0.0.\(machine)", "protected-mode no",
                "sentinel monitor \(Self.service) \(place) \(quorum)",
                "sentinel down-after-milliseconds \(Self.service) 2000",
                "sentinel failover-timeout \(Self.service) 4000", "sentinel parallel-syncs \(Self.service) 2",
            ] + (lines.contains { $0.hasPrefix("port ") } ? [] : ["port \(port)"]) + lines
        try Scratch.write(configuration.map { $0 + "\n" }.joined(), to: "\(directory)/sentinel.conf")
        process = try ChildProcess(executable, ["\(directory)/sentinel.conf"], in: directory)
    }

    /// What it wrote so far.
    var output: String { process.output }

    /// What it says of the primary, by name; throws when it does not answer.
    func primary() throws -> [String: String] { try ask("MASTER").first ?? [:] }

    /// What it says of each replica that it knows.
    func replicas() throws -> [[String: String]] { try ask("REPLICAS") }

    /// Has it make a failover.
    func failOver() throws {
        let reply = try RedisWords.reply(to: ["SENTINEL", "FAILOVER", Self.service], at: address)
        guard reply.hasPrefix("+OK") else { throw WireError.malformed(reply) }
    }

    /// The names and values of each thing that it lists.
    private func ask(_ question: String) throws -> [[String: String]] {
        let reply = try RedisWords.reply(to: ["SENTINEL", question, Self.service], at: address)
        guard reply.hasPrefix("*") else { throw WireError.malformed(reply) }
        let words = reply.split(separator: "\r\n", omittingEmptySubsequences: false)
        // Each thing begins with its name.
        let starts = words.indices.filter { words[$0] == "name" }
        return zip(starts, starts.dropFirst() + [words.endIndex]).map { start, end in
            // Before each word stands its length.
            let values = stride(from: start, to: end - 2, by: 4).map { (String(words[$0]), String(words[$0 + 2])) }
            return Dictionary(values) { first, _ in first }
        }
    }
}
