/// How long offline grants last, by their clients (`sessions.offline_grants`, as in authgear.yaml).
package struct OfflineGrantRules: Hashable, Sendable {
    /// What becomes of grants whose client is not listed.
    package enum Unlisted: String, CaseIterable, Sendable {
        /// They last as long as the others.
        case allow
        /// They are invalid, as they are for Authgear.
        case refuse
    }

    package var limits: SessionLimits
    package var clients: [[UInt8]: SessionLimits]
    package var unlisted: Unlisted

    package init(
        limits: SessionLimits = SessionLimits(lifetime: .seconds(364 * 86_400), idleTimeout: .seconds(30 * 86_400)),
        clients: [[UInt8]: SessionLimits] = [:], unlisted: Unlisted = .allow
    ) {
        self.limits = limits
        self.clients = clients
        self.unlisted = unlisted
    }

    /// The limits for a grant of this client; nil when it is refused.
    package func limits(of client: [UInt8]) -> SessionLimits? {
        clients[client] ?? (unlisted == .allow ? limits : nil)
    }
}
