import AuthgearResolver
import Questions
import Testing
import Trust

/// The section `authgear`.
@Suite struct AuthgearConfigurationTests {
    private static let endpoint = "https://my-project.authgear.cloud/_resolver/resolve"

    private func authgear(_ inside: String, besides: String = "") throws -> Configuration.Authgear? {
        try configuration(soundIssuer + "authgear: { \(inside) }\n" + besides).authgear
    }

    @Test func `without the section Authgear is never asked`() throws {
        #expect(try configuration(soundIssuer).authgear == nil)
    }

    @Test func `an endpoint is enough`() throws {
        let authgear = try #require(try authgear("endpoint: \"\(Self.endpoint)\""))
        #expect(authgear.endpoint.text == Self.endpoint)
        #expect(authgear.host == "my-project.authgear.cloud")
        #expect(!authgear.isInsecure)
        #expect(authgear.timeout == .seconds(2))
        #expect(authgear.connections == 16)
        #expect(authgear.waiting == 1_024)
        #expect(authgear.userMaxStale == .seconds(300))
        #expect(authgear.touch == .seconds(3_600))
        #expect(authgear.maxAge == .seconds(10))
        #expect(authgear.anchors == .system)
    }

    @Test func `every key is read`() throws {
        let inside = """
            endpoint: "http://authgear:3001/_resolver/resolve", host: Auth.Example.com, insecure: true, timeout: 500ms,
            connections: 4, waiting: 10, user_max_stale: 1h, touch: 10m, max_age: 30s
            """
        let authgear = try #require(try authgear(inside, besides: "tls: { ca_file: /ca.pem }"))
        #expect(authgear.endpoint.text == "http://authgear:3001/_resolver/resolve")
        #expect(authgear.host == "auth.example.com")
        #expect(authgear.isInsecure)
        #expect(authgear.timeout == .milliseconds(500))
        #expect(authgear.connections == 4 && authgear.waiting == 10)
        #expect(authgear.userMaxStale == .seconds(3_600))
        #expect(authgear.touch == .seconds(600))
        #expect(authgear.maxAge == .seconds(30))
        #expect(authgear.anchors == .file(NamedFile("/ca.pem", key: "tls.ca_file")))
        let settings = authgear.settings
        #expect(settings.url == authgear.endpoint && settings.host == authgear.host)
        #expect(settings.anchors == authgear.anchors && settings.timeout == authgear.timeout)
        #expect(settings.connections == 4 && settings.waiting == 10)
    }

    @Test(arguments: ["none", "off"])
    func `nothing is touched when that is said`(word: String) throws {
        #expect(try authgear("endpoint: \"\(Self.endpoint)\", touch: \(word)")?.touch == nil)
    }

    @Test(arguments: [
        ("http://127.0.0.1:3001/resolve", "127.0.0.1:3001"), ("http://localhost/resolve", "localhost"),
        ("https://[2001:db8::1]:8443/resolve", "[2001:db8::1]:8443"),
    ])
    func `the host is the endpoint's unless another is named, and loopback needs no TLS`(
        endpoint: String, host: String
    ) throws {
        #expect(try authgear("endpoint: \"\(endpoint)\"")?.host == host)
        #expect(try authgear("endpoint: \"\(endpoint)\", host: \"p.example:8080\"")?.host == "p.example:8080")
    }

    /// The inside of the section, and how the one line that it earns begins.
    @Test(arguments: [
        (
            "",
            ": authgear.endpoint: missing; allowed: an https URL such as https://my-project.authgear.cloud/_resolver/"
        ),
        (
            "endpoint: \"http://authgear:3001/resolve\"",
            "endpoint: \"http://authgear:3001/resolve\" is http on a host that is not loopback, where credentials could"
        ),
        ("endpoint: \"authgear/resolve\"", "endpoint: \"authgear/resolve\" is not an https URL"),
        ("endpoint: \"https://u:hunter2@h/resolve\"", "endpoint: the value is not an https URL"),
        ("endpoint: \"https://h/\", host: \"a b\"", "host: \"a b\" is not a host; allowed: a host such as"),
        ("endpoint: \"https://h/\", host: \"https://a\"", "host: \"https://a\" is not a host"),
        ("endpoint: \"https://h/\", host: \"a/b\"", "host: \"a/b\" is not a host"),
        ("endpoint: \"https://h/\", host: \"\"", "host: \"\" is not a host"),
        ("endpoint: \"https://h/\", host: \"a:0\"", "host: \"a:0\" is not a host"),
        ("endpoint: \"https://h/\", insecure: maybe", "insecure: \"maybe\" is "),
        (
            "endpoint: \"https://h/\", timeout: 9ms",
            "timeout: \"9ms\" is out of range; allowed: a duration from 10ms to 1m"
        ),
        ("endpoint: \"https://h/\", timeout: 61s", "timeout: \"61s\" is out of range"),
        (
            "endpoint: \"https://h/\", connections: 0",
            "connections: \"0\" is out of range; allowed: a whole number from 1 to"
        ),
        ("endpoint: \"https://h/\", connections: 1025", "connections: \"1025\" is out of range"),
        ("endpoint: \"https://h/\", waiting: 0", "waiting: \"0\" is out of range"),
        ("endpoint: \"https://h/\", user_max_stale: 2d", "user_max_stale: \"2d\" is out of range"),
        ("endpoint: \"https://h/\", touch: 0s", "touch: \"0s\" is out of range; allowed: none, or a duration"),
        ("endpoint: \"https://h/\", touch: never", "touch: \"never\" is not a duration"),
        ("endpoint: \"https://h/\", max_age: 10ms", "max_age: \"10ms\" is out of range"),
        ("endpoint: \"https://h/\", max_age: none", "max_age: \"none\" is not a duration"),
        ("endpoint: \"https://h/\", hosts: a", "hosts: unknown key, did you mean host?; allowed: "),
    ])
    func `a wrong value is named with its place and what is allowed`(inside: String, beginning: String) {
        let report = report(soundIssuer + "authgear: { \(inside) }")
        #expect(report.contains(beginning), "\(report)")
        #expect(report.hasPrefix("resolver.yaml:6:") && !report.contains("\n"), "\(report)")
        #expect(!report.contains("hunter2"))
    }

    @Test func `what else is wrong is said without an endpoint, too`() {
        let lines = report(soundIssuer + "authgear: { timeout: x, touch: y }").split(separator: "\n")
        #expect(lines.count == 3, "\(lines)")
    }
}
