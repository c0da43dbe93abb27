/// Which servers of a replicated Redis are believed (`sessions.redis.role`).
package enum RequiredRole: Hashable, Sendable {
    case primary
    /// Also a replica that hears from its primary, and last did so no longer ago than this, in nanoseconds.
    case any(maximumLag: Int64)

    /// What is wrong with a server; nil when it may be believed.
    package func objection(to info: ReplicationInfo) -> ProofFailure? {
        switch (info.role, self) {
        case (.primary, _): nil
        case (.replica, .primary): .replica
        case (.replica, .any(let maximumLag)): Self.objection(toReplica: info, maximumLag)
        case (.other, _): .otherRole
        }
    }

    private static func objection(toReplica info: ReplicationInfo, _ maximumLag: Int64) -> ProofFailure? {
        guard info.isLinkUp, let silence = info.secondsSincePrimary, silence >= 0 else { return .linkDown }
        // Compared in whole seconds, as the server counts: nothing of what it says can overflow.
        return silence <= maximumLag / 1_000_000_000 ? nil : .lagging
    }
}
