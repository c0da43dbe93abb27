import Fixtures
import JOSE
import Testing

/// Everything of the contract at once, real where it can be: nginx with the shipped files, the resolver, Redis, an
/// identity server, and a backend that shows what arrived. The tests of `Gateway` share one.
final class GatewayStage: Sendable {
    static let shared = Result { try GatewayStage() }

    let issuer: IssuerServer
    let redis: RedisServer
    let backend: Backend
    let resolver: ResolverServer
    /// nginx that asks the resolver over TCP, as shipped.
    let nginx: Nginx

    private init() throws {
        issuer = try IssuerServer(keys: Mint.keySet())
        redis = try RedisServer(password: "the-password")
        try Sessions.store(in: redis)
        try Grants.store(in: redis)
        backend = try Backend(on: .ipv4(FreePort.take()))
        // Nobody listens there: the keys of this issuer can't be fetched.
        let nowhere = Address.ipv4(try FreePort.take())
        resolver = try ResolverServer(
            """
            issuers:
              - { issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(issuer.keysURL)" }
              - { issuer: "\(Mint.silentIssuer)", audiences: ["\(Mint.audience)"], jwks_uri: "http://\(nowhere)/jwks" }
            sessions: { store: redis, app_id: my-project, redis: { url: "\(redis.url)" } }
            """)
        try Self.waitUntilAllIsKnown(resolver)
        nginx = try Nginx(resolver: resolver.ipv4, backend: backend.server.address)
    }

    /// `/readyz` stays degraded here, as one issuer is silent; so the credentials themselves are asked. A `kid` that the issuer
    /// doesn't have is looked for before the tests: on a slow machine longer than a request waits.
    private static func waitUntilAllIsKnown(_ resolver: ResolverServer) throws {
        let stranger = try Mint.token(key: Mint.key.get().using(.rs256, kid: "k2"))
        let fields = [
            ("Authorization: Bearer \(try Mint.token())", 200), ("Cookie: session=\(Sessions.good.cookie)", 200),
            ("Authorization: Bearer \(stranger)", 401),
        ]
        for (field, status) in fields {
            _ = try eventually("\(field.prefix(6)) to be known; the resolver wrote:\n\(resolver.process.output)") {
                let response = try HTTPConnection.get(resolver.unix, "/require", field)
                guard response.status == status else { throw WireError.closed(after: response.description) }
                return true
            }
        }
    }
}
