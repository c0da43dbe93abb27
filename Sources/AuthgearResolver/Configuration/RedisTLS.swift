package import Trust

/// How TLS is spoken with Redis (contract section 7, `sessions.redis.tls`). Without `rediss://` it means nothing.
package struct RedisTLS: Hashable, Sendable {
    /// Who vouches for the server.
    package var anchors = TrustAnchors.system
    /// Who we are; Redis asks for that unless `tls-auth-clients` says otherwise.
    package var identity: ClientIdentity?
    /// What the server's certificate must be for, when that is not the host of its URL; no IP address.
    package var serverName: String?

    package init() {}
}
