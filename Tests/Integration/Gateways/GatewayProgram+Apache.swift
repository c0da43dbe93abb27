extension GatewayProgram {
    static let apache = GatewayProgram(
        name: "apache", origin: "Debian", executable: inPath("apache2"), version: ["-v"],
        folder: "gateways/apache",
        arguments: {
            [
                "-DFOREGROUND", "-d", $0, "-C", "Define AUTHGEAR \"\($0)/gateways/apache\"",
                "-f", "\($0)/gateways/apache/httpd.conf",
            ]
        })
}
