extension Finding {
    /// How often a primary speaks to its replicas when nothing changes (Redis' `repl-ping-replica-period`), and a second
    /// more, because a replica counts whole ones.
    private static let leastReplicaLag = Duration.seconds(11)

    /// What to know of replicas that are read: that healthy ones are refused by a bound below what they can keep.
    package static func hints(onReplicasOf configuration: Configuration) -> [Finding] {
        guard case .redis(let redis) = configuration.sessions.store, case .any = redis.role,
            redis.maxReplicaLag < leastReplicaLag
        else { return [] }
        return [
            .hint(
                "sessions.redis.max_replica_lag \(redis.maxReplicaLag.text)",
                "healthy replicas are refused: when nothing changes they hear from their primary every 10s; raise it to "
                    + "\(leastReplicaLag.text) or more, or lower repl-ping-replica-period at the primary"
            )
        ]
    }
}
