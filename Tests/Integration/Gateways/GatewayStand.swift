import Fixtures
import NIOConcurrencyHelpers
import Testing

/// What all gateways of the suite stand between: a resolver with everything that the table asks about, and a backend.
final class GatewayStand: Sendable {
    static let shared = Result { try GatewayStand() }

    let backend: GatewayBackend
    private let plain: ResolverServer
    /// Where it speaks TLS.
    private let secured: Address
    /// For gateways that need another configuration.
    private let others = NIOLockedValueBox<[String: ResolverServer]>([:])
    /// Those without policies, which live on.
    private let bare = NIOLockedValueBox<[ResolverServer]>([])
    private let running = NIOLockedValueBox<[String: RunningGateway]>([:])

    private init() throws {
        backend = try GatewayBackend(on: .ipv4(FreePort.take()))
        secured = .ipv4(try FreePort.take())
        plain = try Self.makeResolver(Self.speaksTLS(), also: "https://\(secured)")
    }

    private static func speaksTLS() throws -> String {
        let own = try SecuredFront.identity.get().own
        return "tls: { server: { cert_file: \"\(own.certificate)\", key_file: \"\(own.key)\" } }"
    }

    private static func makeResolver(
        _ more: String, policies: String = "policies: { admin: { roles: [stock.edit] } }", also address: String? = nil
    ) throws -> ResolverServer {
        let stage = try GatewayStage.shared.get()
        let resolver = try ResolverServer(
            """
            issuers:
              - { issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(stage.issuer.keysURL)" }
            sessions: { store: redis, app_id: my-project, redis: { url: "\(stage.redis.url)" } }
            \(policies)
            \(more)

            """, calls: [""], level: "info", more: address)
        for field in ["Authorization: Bearer \(try Mint.token())", "Cookie: session=\(Sessions.good.cookie)"] {
            _ = try eventually("\(field.prefix(6)) to be known; the resolver wrote:\n\(resolver.process.output)") {
                try HTTPConnection.get(resolver.ipv4, "/require", field).status == 200 ? true : nil
            }
        }
        return resolver
    }

    /// The resolver that a gateway asks.
    func resolver(of program: GatewayProgram) throws -> ResolverServer {
        guard !program.configuration.isEmpty else { return plain }
        if let made = others.withLockedValue({ $0[program.configuration] }) { return made }
        let made = try Self.makeResolver(program.configuration)
        others.withLockedValue { $0[program.configuration] = made }
        return made
    }

    /// Where a gateway asks it.
    func address(of program: GatewayProgram) throws -> Address {
        try Self.address(of: resolver(of: program), or: secured, for: program)
    }

    private static func address(
        of resolver: ResolverServer, or secured: Address, for program: GatewayProgram
    ) throws -> Address {
        if program.asksByTLS { return secured }
        return program.asksByCalls ? try #require(resolver.calls.first) : resolver.ipv4
    }

    /// Where a gateway asks a resolver of its own, which has no policies.
    func addressWithoutPolicies(of program: GatewayProgram) throws -> Address {
        let secured = Address.ipv4(try FreePort.take())
        let resolver =
            try program.asksByTLS
            ? Self.makeResolver(Self.speaksTLS(), policies: "", also: "https://\(secured)")
            : Self.makeResolver(program.configuration, policies: "")
        bare.withLockedValue { $0.append(resolver) }
        return try Self.address(of: resolver, or: secured, for: program)
    }

    /// The gateway, started when it is asked for first.
    func gateway(_ program: GatewayProgram) throws -> RunningGateway {
        if let started = running.withLockedValue({ $0[program.name] }) { return started }
        let started = try RunningGateway(
            program, resolver: try address(of: program), backend: backend.server.address)
        running.withLockedValue { $0[program.name] = started }
        return started
    }
}
