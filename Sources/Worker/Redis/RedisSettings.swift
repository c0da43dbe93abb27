package import Telemetry

/// What one worker is told of Redis.
package struct RedisSettings: Sendable {
    let configuration: RedisConfiguration
    let role: RedisClient.FeedRole
    /// Whom the worker hands changes to: all others, when it owns the feed.
    let others: [WorkerMailbox]
    let log: LimitedLog

    /// - Parameters:
    ///   - number: the worker's, from 0; the first owns the feed.
    ///   - isCached: whether answers may be given from memory, so that changes are to be told.
    package init(
        _ configuration: RedisConfiguration, worker number: Int, of mailboxes: [WorkerMailbox], isCached: Bool,
        log: LimitedLog
    ) {
        self.configuration = configuration
        self.log = log
        role = !isCached ? .none : number == 0 ? .owner : .follower
        others = isCached && number == 0 ? Array(mailboxes.dropFirst()) : []
    }
}
