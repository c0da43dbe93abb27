import Bytes
import Logging
package import Redis
import Telemetry

// Users and passwords that come from files.
extension RedisClient {
    /// How long until the server is told again of credentials that it refused: it may learn of them later than we, in nanoseconds.
    private static let renewalPause: Int64 = 10_000_000_000

    static let renewal = Condition(
        good: "redis takes the user and the password that the files hold",
        bad: "redis refuses the user and the password that the files hold: its connections go on with those of before",
        badLevel: .warning)

    /// The files hold these by now: connections that are made from now on use them, and the servers that there are connections to are
    /// told of them.
    ///
    /// - Parameter store: whose they are, without credentials. Those of one that was moved away from are nobody's: the next is not told.
    package mutating func adopt(_ credentials: StoreCredentials, of store: RedisAddress, at now: Int64) {
        guard settings.credentialFiles != nil, store == settings.options.address.withoutCredentials else { return }
        if let sentinels = credentials.sentinels { self.sentinels?.adopt(sentinels, at: now) }
        let former = settings.options.address.credentials
        settings = settings.using(credentials)
        target = target.using(credentials)
        if let servers = credentials.servers, servers != former { renewCredentials(at: now) }
    }

    /// Tells the server of the credentials that hold: on the data connection, which goes on meanwhile.
    mutating func renewCredentials(at now: Int64) {
        nextRenewal = .max
        guard let credentials = settings.options.address.credentials else { return }
        data.conversation?.use(credentials, at: now)
        // Those are asked again, too, who may have refused them.
        sentinels?.renewCredentials(at: now)
        // One that stands ends when the server has taken them on the data connection: until then a new one would be refused.
        if feed?.link.conversation?.isReady == false { feed?.use(credentials, at: now) }
    }

    /// The server has taken other credentials on the data connection, or refused them.
    mutating func renewed(_ error: RedisErrorCode?, at now: Int64) {
        journal.tell(Self.renewal, problem: error.map { "redis refused AUTH: \($0.words)" }, at: now)
        guard error == nil else { return nextRenewal = now.addingSaturated(Self.renewalPause) }
        if let credentials = settings.options.address.credentials { feed?.use(credentials, at: now) }
    }
}
