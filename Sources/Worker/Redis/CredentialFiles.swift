import EventLoop
import NIOConcurrencyHelpers
package import Redis

/// The users and passwords of a store that come from files.
package struct StoreCredentials: Hashable, Sendable {
    /// The servers' own; nil when they come from no file.
    package var servers: RedisCredentials?
    /// The Sentinels' own; nil when they come from no file.
    package var sentinels: RedisCredentials?

    package init(servers: RedisCredentials? = nil, sentinels: RedisCredentials? = nil) {
        self.servers = servers
        self.sentinels = sentinels
    }
}

/// Reads users and passwords again that come from files: for each connection, because they may have changed (contract section 7).
///
/// On a thread of its own, and on one at a time, because a file system can hang: who comes meanwhile waits for the next reading.
package final class CredentialFiles: Sendable {
    private typealias Reply = @Sendable (StoreCredentials?) -> Void

    private struct Reading {
        var isRunning = false
        /// Who came since it began.
        var waiting: [Reply] = []
    }

    /// So many wait. More go on at once, with what was read before.
    package static let maximumWaiting = 64

    private let contents: @Sendable () throws -> StoreCredentials
    private let reading = NIOLockedValueBox(Reading())

    /// - Parameter contents: gives what the files hold by now, or throws what is wrong with them. It may block.
    package init(contents: @escaping @Sendable () throws -> StoreCredentials) {
        self.contents = contents
    }

    /// Calls back once, on whichever thread.
    ///
    /// - Parameter reply: nil: they can't be read, or not now.
    package func read(_ reply: @escaping @Sendable (StoreCredentials?) -> Void) {
        let (isTaken, begins) = reading.withLockedValue { reading in
            guard reading.waiting.count < Self.maximumWaiting else { return (false, false) }
            reading.waiting.append(reply)
            defer { reading.isRunning = true }
            return (true, !reading.isRunning)
        }
        guard isTaken else { return reply(nil) }
        guard begins, !BlockingThreads.run(readForAll) else { return }
        // The system has no thread left.
        for reply in takeWaiting(isOver: true) { reply(nil) }
    }

    private func readForAll() {
        while case let replies = takeWaiting(isOver: false), !replies.isEmpty {
            let credentials = try? contents()
            for reply in replies { reply(credentials) }
        }
    }

    /// Who waits for the reading that begins; none: there is none any more.
    private func takeWaiting(isOver: Bool) -> [Reply] {
        reading.withLockedValue { reading in
            if isOver || reading.waiting.isEmpty { reading.isRunning = false }
            defer { reading.waiting = [] }
            return reading.waiting
        }
    }
}

extension RedisClient {
    /// What an attempt at a connection waits for, away from the loop: where a name leads, and what files hold. The answer is told to
    /// `resolved`.
    package struct Resolution: Sendable {
        let number: Int
        let place: RedisConfiguration.Place
        /// The store's address, without credentials.
        let store: RedisAddress
        let purpose: Purpose
        /// Nil when the credentials come from no file.
        let credentials: CredentialFiles?

        enum Purpose: Hashable, Sendable {
            case data, feed
            /// A connection to a Sentinel, by its token.
            case sentinel(UInt64)
            /// Whether the name still leads where the data connection is.
            case check
        }

        package struct Answer: Sendable {
            let addresses: [SocketAddress]
            /// Nil when they come from no file, or that can't be read: then those of before are as good as any.
            let credentials: StoreCredentials?
        }
    }
}

extension RedisClient.Resolution {
    /// Calls back, on whichever thread.
    package func answer(by names: NameService, reply: @escaping @Sendable (Answer) -> Void) {
        guard let credentials else { return resolve(by: names) { reply(Answer(addresses: $0, credentials: nil)) } }
        credentials.read { credentials in
            resolve(by: names) { reply(Answer(addresses: $0, credentials: credentials)) }
        }
    }

    private func resolve(by names: NameService, reply: @escaping @Sendable ([SocketAddress]) -> Void) {
        switch place {
        case .address(let address): reply([address])
        case .name(let host, let port): names.resolve(host, port, reply)
        case .nowhere: reply([])
        }
    }
}
