import Fixtures
import NIOConcurrencyHelpers

/// A Sentinel that says what a test has it say.
final class StandInSentinel: Sendable {
    struct Word {
        /// The port of the primary on 127.0.0.1; nil: it knows no such service.
        var primary: UInt16?
        var epoch = 1
        /// It closes each connection that asks.
        var isAway = false
        /// The others, by number and port.
        var peers: [(Int, UInt16)] = []
    }

    let port: UInt16
    private let word: NIOLockedValueBox<Word>
    private let server: FakeRedis

    init(_ number: Int, _ first: Word) async throws {
        let word = NIOLockedValueBox(first)
        self.word = word
        port = try FreePort.take()
        server = try await FakeRedis(port: port) { command, _ in
            Self.answer(to: command, as: number, word.withLockedValue { $0 })
        }
    }

    func say(_ body: (inout Word) -> Void) { word.withLockedValue { body(&$0) } }

    private static func answer(to command: String, as number: Int, _ word: Word) -> String? {
        guard !word.isAway else { return nil }
        switch command {
        case "AUTH sentinels secret": return "+OK\r\n"
        case "SENTINEL MYID": return FakeRedis.bulk("id\(number)")
        case "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster":
            guard let primary = word.primary else { return "*-1\r\n" }
            return "*2\r\n" + FakeRedis.bulk("127.0.0.1") + FakeRedis.bulk("\(primary)")
        case "SENTINEL MASTER mymaster":
            return "*2\r\n" + FakeRedis.bulk("config-epoch") + FakeRedis.bulk("\(word.epoch)")
        case "SENTINEL SENTINELS mymaster":
            return "*\(word.peers.count)\r\n"
                + word.peers.map { number, port in
                    "*6\r\n"
                        + ["ip", "127.0.0.1", "port", "\(port)", "runid", "id\(number)"].map(FakeRedis.bulk).joined()
                }.joined()
        case "SUBSCRIBE +switch-master": return "*3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n"
        default: return "*2\r\n$4\r\npong\r\n$0\r\n\r\n"
        }
    }
}
