import Authentication
import NIOConcurrencyHelpers
import Redis
import Telemetry
import Worker

/// Reads records of Redis one after another, for a person who waits: with reasons where there are none.
struct RedisReader: Sendable {
    private let settings: RedisConfiguration
    private let log: LimitedLog
    /// Nil until the first record is wanted.
    private let reader = NIOLockedValueBox<RecordReader?>(nil)

    init(_ settings: RedisConfiguration, log: LimitedLog) {
        self.settings = settings
        self.log = log
    }

    /// Reads a record; where there is no reply, says why. The first one waits for the connection to be made.
    func read(_ query: RecordQuery) async -> (reply: RecordReply, trouble: String?) {
        let reader = await connected()
        let reply = await reader.read(query)
        guard case .unavailable(let failure) = reply else { return (reply, nil) }
        return (reply, await trouble(with: query, reader) ?? failure.words)
    }

    func stop() async {
        await reader.withLockedValue { $0 }?.stop()
    }

    private func connected() async -> RecordReader {
        let reader = reader.withLockedValue { reader in
            let connected = reader ?? RecordReader(settings, log: log)
            reader = connected
            return connected
        }
        await reader.connected()
        return reader
    }

    /// Why a record could not be read.
    private func trouble(with query: RecordQuery, _ reader: RecordReader) async -> String? {
        if case .unreachable(let reason) = await reader.status(trying: [query]) { return reason }
        return nil
    }
}
