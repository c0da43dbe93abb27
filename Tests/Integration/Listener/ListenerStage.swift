/// A resolver without a gateway and without Redis, with time-outs short enough to be waited for.
enum ListenerStage {
    static let shared = Result {
        let resolver = try ResolverServer(configuration(limits: "header_bytes: 16KiB"))
        try resolver.becomeReady()
        return resolver
    }

    /// The time-outs run out at once.
    static let impatient = Result {
        try ResolverServer(configuration(limits: "header_timeout: 100ms, idle_timeout: 200ms"))
    }

    /// No more than two connections.
    static let small = Result { try ResolverServer(configuration(limits: "connections: 2")) }

    private static func configuration(limits: String) throws -> String {
        let keys = "\(try Scratch.directory())/jwks.json"
        try Scratch.write(Mint.keySet(), to: keys)
        return """
            issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_file: "\(keys)" }]
            sessions: { store: none }
            limits: { \(limits) }
            """
    }
}
