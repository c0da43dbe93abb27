import EventLoop
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
package struct CredentialFiles: Sendable {
    /// Gives what the files hold by now, or throws what is wrong with them, whose description is a sentence for a person. It may block.
    package let read: @Sendable () throws -> StoreCredentials

    package init(read: @escaping @Sendable () throws -> StoreCredentials) {
        self.read = read
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
        let isBegun =
            credentials.map { files in
                BlockingThreads.run {
                    let credentials = try? files.read()
                    resolve(by: names) { reply(Answer(addresses: $0, credentials: credentials)) }
                }
            } ?? false
        if !isBegun { resolve(by: names) { reply(Answer(addresses: $0, credentials: nil)) } }
    }

    private func resolve(by names: NameService, reply: @escaping @Sendable ([SocketAddress]) -> Void) {
        switch place {
        case .address(let address): reply([address])
        case .name(let host, let port): names.resolve(host, port, reply)
        case .nowhere: reply([])
        }
    }
}
