import AuthgearResolver
import EventLoop
import Testing
import Trust

/// `listen` and `admin.listen`: what can't be listened on together, and what newcomers write.
@Suite struct ListenerConfigurationTests {
    /// What stands after a sound issuer (so on line 6), and how the one line that it earns begins.
    @Test(arguments: [
        (
            "listen: [\"0.0.0.0:1\", \"127.0.0.1:1\"]",
            "6:23: listen[1]: can't be listened on beside 0.0.0.0:1; allowed: one of the two"
        ),
        (
            "listen: [\"[::1]:1\", \"[0:0:0:0:0:0:0:1]:1\"]",
            "6:21: listen[1]: can't be listened on beside [::1]:1"
        ),
        (
            "listen: [\"unix:/run/a/s\", \"unix:/run//a/s\"]",
            "6:27: listen[1]: can't be listened on beside unix:/run/a/s"
        ),
        (
            "admin: { listen: \"0.0.0.0:4180\" }",
            "6:18: admin.listen: can't be listened on beside listen's 127.0.0.1:4180; allowed: an address of its own"
        ),
        (
            "listen: [\"127.0.0.1:4181\"]",
            "6:9: listen: 127.0.0.1:4181 leaves none for the admin listener, which is at 127.0.0.1:4181 by default; allowed: another address, or an admin.listen of its own"
        ),
        (
            "listen: [\"unix:/a/b\"]\nadmin: { listen: \"unix:/a/b\" }",
            "7:18: admin.listen: is one of listen; allowed: an address of its own"
        ),
        (
            "admin: { listen: 4181 }",
            "6:18: admin.listen: \"4181\" is a port alone, did you mean 127.0.0.1:4181?; allowed: address:port"
        ),
        ("listen: [4180]", "6:10: listen[0]: \"4180\" is a port alone, did you mean 127.0.0.1:4180?"),
        (
            "listen: 4180",
            "6:9: listen: is not a list; allowed: a list of 1 to 64, each address:port such as 127.0.0.1:4180 or [::1]:4180, or unix:/path, for TLS https://127.0.0.1:4443, or for gRPC grpc://127.0.0.1:4182 or grpc+unix:/path; \"4180\" is a port alone, did you mean 127.0.0.1:4180?"
        ),
        (
            "listen: 127.0.0.1:80",
            "6:9: listen: is not a list; allowed: a list of 1 to 64, each address:port such as 127.0.0.1:4180 or [::1]:4180, or unix:/path, for TLS https://127.0.0.1:4443, or for gRPC grpc://127.0.0.1:4182 or grpc+unix:/path; did you mean [\"127.0.0.1:80\"]?"
        ),
        (
            "listen: [\"https://127.0.0.1:4443\"]",
            "6:9: listen: https://127.0.0.1:4443 has no certificate; allowed: a section tls.server with cert_file and key_file"
        ),
        (
            "listen: [\"https://127.0.0.1:4443\"]\ntls: { ca_file: c }",
            "6:9: listen: https://127.0.0.1:4443 has no certificate"
        ),
        (
            "tls: { server: { cert_file: c, key_file: k } }",
            "6:16: tls.server: serves no address of listen; allowed: an address such as https://127.0.0.1:4443 in listen"
        ),
        (
            "listen: [\"https://localhost:4443\"]\ntls: { server: { cert_file: c, key_file: k } }",
            "6:10: listen[0]: \"https://localhost:4443\" has no IP address: names are not looked up"
        ),
        (
            "listen: [\"https://unix:/a\"]\ntls: { server: { cert_file: c, key_file: k } }",
            "6:10: listen[0]: \"https://unix:/a\" has no IP address and port behind https://"
        ),
        (
            "listen: [\"127.0.0.1:1\", \"https://127.0.0.1:1\"]\ntls: { server: { cert_file: c, key_file: k } }",
            "6:25: listen[1]: can't be listened on beside 127.0.0.1:1"
        ),
        (
            "listen: [\"https://127.0.0.1:4181\"]\ntls: { server: { cert_file: c, key_file: k } }",
            "6:9: listen: 127.0.0.1:4181 leaves none for the admin listener"
        ),
        (
            "listen: [\"https://127.0.0.1:1\"]\ntls: { server: { key_file: k } }",
            "7:16: tls.server.cert_file: missing; allowed: a path"
        ),
        (
            "listen: [\"https://127.0.0.1:1\"]\ntls: { server: { cert_file: c, key_file: k, ca_file: a } }",
            "7:45: tls.server.ca_file: unknown key"
        ),
    ])
    func `it says what is wrong, and what is meant`(text: String, line: String) {
        #expect(report(soundIssuer + text).hasPrefix("resolver.yaml:\(line)"), "\(report(soundIssuer + text))")
        #expect(report(soundIssuer + text).split(separator: "\n").count == 1)
    }

    @Test func `a text where a list is wanted is shown as one, unless it may be a secret`() {
        func line(_ audiences: String) -> String {
            report("issuers: [{ issuer: \"https://id.example\", audiences: \(audiences) }]")
        }
        #expect(line("https://app.example").hasSuffix("; did you mean [\"https://app.example\"]?"))
        #expect(line("\"${TOKEN}\"").hasSuffix("each a text of 1 to 1024 bytes"))
        #expect(line("https://u:hunter2@h").hasSuffix("each a text of 1 to 1024 bytes"))
    }

    @Test(arguments: [
        "listen: [\"0.0.0.0:1\", \"[::]:1\", \"127.0.0.1:2\"]", "listen: [\"127.0.0.1:0\", \"[::1]:0\"]",
        "listen: [\"127.0.0.1:4181\"]\nadmin: { listen: \"127.0.0.1:4180\" }", "admin: { listen: \"127.0.0.2:4180\" }",
    ])
    func `addresses that can be listened on together are right`(text: String) {
        #expect(report(soundIssuer + text) == "")
    }

    @Test func `an address within TLS has files beside the configuration`() throws {
        let text = """
            listen: ["127.0.0.1:1", "https://[::1]:2"]
            tls: { ca_file: a.pem, server: { cert_file: c.pem, key_file: /k.pem, client_ca_file: d.pem } }
            """
        let read = try configuration(soundIssuer + text, path: "/etc/r/resolver.yaml")
        #expect(read.listen == [.tcp(host: "127.0.0.1", port: 1)] && read.secured == [.tcp(host: "::1", port: 2)])
        let files = ServerFiles(
            certificate: NamedFile("/etc/r/c.pem", key: "tls.server.cert_file"),
            key: NamedFile("/k.pem", key: "tls.server.key_file"),
            clientAnchors: NamedFile("/etc/r/d.pem", key: "tls.server.client_ca_file"))
        #expect(read.tls.server == files)
    }
}
