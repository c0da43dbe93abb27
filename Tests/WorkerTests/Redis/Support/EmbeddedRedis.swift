import Fixtures
import Glibc

/// A primary that a test speaks for, on a Unix socket and without a thread: it answers what connections ask for themselves, and
/// leaves each `GET` to the test.
final class EmbeddedRedis {
    private struct Client {
        let descriptor: CInt
        let number: Int
        /// Answers in the order of the commands; nil for a `GET` that the test has not answered: what is behind it waits.
        var answers: [String?] = []
        /// Set once it has subscribed.
        var isFeed = false
        /// Of the data connection: the client that is told of changes.
        var tracker: Int?
    }

    let directory = TemporaryDirectory()
    private let listener: CInt
    private var clients: [Client] = []
    /// How many there were.
    private(set) var connections = 0
    /// The keys that are asked for and not answered, oldest first.
    private(set) var pending: [String] = []
    /// How each write of a `GET` connection read, since the last call of `asked`.
    private var writes: [String] = []
    private let prefixes: [String]

    var url: String { "unix://\(directory.path)/redis.sock" }

    init(prefixes: [String] = ["app:"]) throws {
        self.prefixes = prefixes
        listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = directory.path + "/redis.sock"
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let isBound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(listener, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound, listen(listener, 16) == 0 else { throw Failure() }
    }

    private struct Failure: Error {}

    deinit {
        for client in clients { close(client.descriptor) }
        close(listener)
    }

    /// Accepts, reads and answers what there is.
    ///
    /// - Returns: whether anything was.
    func serve() -> Bool {
        var hasServed = false
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            connections += 1
            clients.append(Client(descriptor: descriptor, number: connections))
            hasServed = true
        }
        for index in clients.indices.reversed() where serve(index) { hasServed = true }
        return hasServed
    }

    private func serve(_ index: Int) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe recv(clients[index].descriptor, &buffer, buffer.count, 0)
        if count == 0 {
            close(clients[index].descriptor)
            clients.remove(at: index)
            return true
        }
        guard count > 0 else { return false }
        let commands = Self.commands(String(decoding: buffer[..<count], as: UTF8.self))
        let asked = commands.filter { $0.hasPrefix("GET ") }
        if !asked.isEmpty { writes.append(asked.joined(separator: " ")) }
        pending += asked.map { String($0.dropFirst(4)) }
        for command in commands { clients[index].answers.append(answer(command, index)) }
        flush(index)
        return true
    }

    private static func commands(_ text: String) -> [String] {
        text.split(separator: "*").map { command in
            command.split(separator: "\r\n").dropFirst().filter { !$0.hasPrefix("$") }.joined(separator: " ")
        }
    }

    private func answer(_ command: String, _ index: Int) -> String? {
        switch command {
        case "CLIENT ID": return ":\(clients[index].number)\r\n"
        case "CLIENT TRACKINGINFO": return FakeRedis.tracking(clients[index].tracker ?? 0, of: prefixes)
        case "SUBSCRIBE __redis__:invalidate":
            clients[index].isFeed = true
            return "*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n"
        case _ where command.hasPrefix("CLIENT TRACKING ON REDIRECT "):
            clients[index].tracker = command.split(separator: " ").dropFirst(4).first.flatMap { Int($0) }
            return "+OK\r\n"
        case _ where clients[index].isFeed && command.hasPrefix("PING "):
            return "*2\r\n$4\r\npong\r\n" + FakeRedis.bulk(String(command.dropFirst(5)))
        case _ where command.hasPrefix("GET "): return nil
        default: return FakeRedis.manners(command) ?? "+OK\r\n"
        }
    }

    /// Sends the answers that are known, up to the first that is not, in one write.
    private func flush(_ index: Int) {
        let known = clients[index].answers.prefix { $0 != nil }.compactMap(\.self)
        guard !known.isEmpty else { return }
        clients[index].answers.removeFirst(known.count)
        send(known.joined(), to: index)
    }

    private func send(_ text: String, to index: Int) {
        _ = unsafe Glibc.send(clients[index].descriptor, text, text.utf8.count, CInt(MSG_NOSIGNAL))
    }

    /// The look-ups since the last call, a write each.
    func asked() -> [String] {
        defer { writes = [] }
        return writes
    }

    /// Answers the oldest look-ups, in one write; nil: there is no such record.
    func reply(_ records: String?...) {
        pending.removeFirst(records.count)
        guard let index = clients.firstIndex(where: { !$0.isFeed }) else { return }
        for record in records {
            guard let next = clients[index].answers.firstIndex(where: { $0 == nil }) else { break }
            clients[index].answers[next] = record.map(FakeRedis.bulk) ?? "$-1\r\n"
        }
        flush(index)
    }

    /// Tells of a change.
    func tell(_ key: String) {
        let message = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n" + FakeRedis.bulk(key)
        for index in clients.indices where clients[index].isFeed { send(message, to: index) }
    }

    /// Ends the data connection, or the feed.
    func hangUp(feed: Bool = false) {
        pending = feed ? pending : []
        for index in clients.indices.reversed() where clients[index].isFeed == feed {
            close(clients[index].descriptor)
            clients.remove(at: index)
        }
    }
}
