package import Redis
package import Worker

/// Where Redis' user and password, and the Sentinels', are read from again: the texts into which files are put (contract section 7).
package struct RedisCredentialTexts: Hashable, Sendable {
    /// The URL; nil when it names no file. So with the others.
    var url: FileText?
    var sentinelUser: FileText?
    var sentinelPassword: FileText?

    /// Nil when none names a file.
    init?(url: FileText?, sentinelUser: FileText?, sentinelPassword: FileText?) {
        guard url != nil || sentinelUser != nil || sentinelPassword != nil else { return nil }
        (self.url, self.sentinelUser, self.sentinelPassword) = (url, sentinelUser, sentinelPassword)
    }

    /// The files.
    package var files: [String] { [url, sentinelUser, sentinelPassword].flatMap { $0?.files ?? [] } }

    /// What the files hold by now. It may block.
    ///
    /// - Parameter address: as it was read at first: a URL that leads elsewhere by now takes a reload.
    package func read(for address: RedisAddress) throws(FileTextError) -> StoreCredentials {
        var credentials = StoreCredentials()
        if let url {
            let text = try Self.text(url, of: "url")
            let read: RedisAddress
            do throws(RedisAddressError) {
                read = try RedisAddress(url: text)
            } catch {
                throw FileTextError(
                    description: "sessions.redis.url is no Redis URL with what its files hold: \(error)")
            }
            guard read.leads(to: address) else {
                throw FileTextError(
                    description:
                        "sessions.redis.url names another server with what its files hold, which takes a reload")
            }
            credentials.servers = read.credentials
        }
        guard let former = address.sentinelCredentials else { return credentials }
        let user = try sentinelUser.map { text throws(FileTextError) in try Self.text(text, of: "sentinel.user") }
        let password = try sentinelPassword.map { text throws(FileTextError) in
            try Self.text(text, of: "sentinel.password")
        }
        guard user != nil || password != nil else { return credentials }
        guard password?.isEmpty != true else {
            throw FileTextError(description: "sessions.redis.sentinel.password is empty")
        }
        credentials.sentinels = former.replacing(
            user: user.map { Array($0.utf8) }, password: password.map { Array($0.utf8) })
        return credentials
    }

    /// An address without the credentials that are read again; those that are written in the configuration stay.
    fileprivate func withoutWhatFilesHold(_ address: RedisAddress) -> RedisAddress {
        var address = address
        if url != nil { address.credentials = nil }
        guard case .sentinels(var group) = address.endpoint, let former = group.credentials else { return address }
        group.credentials = former.replacing(
            user: sentinelUser.map { _ in [] }, password: sentinelPassword.map { _ in [] })
        address.endpoint = .sentinels(group)
        return address
    }

    private static func text(_ text: FileText, of key: String) throws(FileTextError) -> String {
        do throws(FileTextError) {
            return try text.read()
        } catch {
            throw FileTextError(description: "sessions.redis.\(key) \(error)")
        }
    }
}

extension RedisAddress {
    /// The Sentinels' own; nil where there are none.
    fileprivate var sentinelCredentials: RedisCredentials? {
        if case .sentinels(let group) = endpoint { group.credentials } else { nil }
    }

    /// Whether it leads where another one does, whoever asks.
    fileprivate func leads(to other: RedisAddress) -> Bool { withoutCredentials == other.withoutCredentials }
}

extension Configuration.Redis {
    /// Nil when no credential comes from a file.
    var credentialFiles: CredentialFiles? {
        credentialTexts.map { [address] texts in CredentialFiles { try texts.read(for: address) } }
    }

    /// Whether another one differs from it in nothing but what the files of its credentials hold, which is followed without connecting
    /// anew.
    package func isSame(as other: Configuration.Redis) -> Bool {
        guard let texts = credentialTexts else { return self == other }
        var (own, others) = (self, other)
        own.address = texts.withoutWhatFilesHold(address)
        others.address = texts.withoutWhatFilesHold(other.address)
        return own == others
    }
}
