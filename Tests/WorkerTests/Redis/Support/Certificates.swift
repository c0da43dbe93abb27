import Fixtures

/// A certificate for localhost and 127.0.0.1, minted by the openssl command line, that vouches for itself.
struct Certificates {
    let directory = TemporaryDirectory()
    var certificate: String { directory.path + "/cert.pem" }
    var key: String { directory.path + "/key.pem" }

    init() async throws {
        try await Program.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", key, "-out", certificate,
            ])
    }
}
