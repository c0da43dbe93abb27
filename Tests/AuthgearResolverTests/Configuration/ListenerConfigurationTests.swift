import AuthgearResolver
import Testing

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
            "6:9: listen: is not a list; allowed: a list of 1 to 64, each address:port such as 127.0.0.1:4180 or [::1]:4180, or unix:/path, or for gRPC grpc://127.0.0.1:4182 or grpc+unix:/path; \"4180\" is a port alone, did you mean 127.0.0.1:4180?"
        ),
        (
            "listen: 127.0.0.1:80",
            "6:9: listen: is not a list; allowed: a list of 1 to 64, each address:port such as 127.0.0.1:4180 or [::1]:4180, or unix:/path, or for gRPC grpc://127.0.0.1:4182 or grpc+unix:/path; did you mean [\"127.0.0.1:80\"]?"
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
}
