import Questions
import Testing

/// Which proxy, if any: without a socket.
struct ProxyRulesTests {
    private func proxy(
        for url: String, configured: String? = nil, environment: [String: String] = [:]
    ) throws -> String? {
        let rules = ProxyRules(configured: try configured.map { try ProxyAddress($0) }) { environment[$0] }
        return try rules.proxy(for: FetchURL(url)).map { "\($0)" }
    }

    @Test(
        arguments: [
            ("proxy.internal:3128", "proxy.internal:3128"), ("http://proxy.internal", "proxy.internal:80"),
            ("HTTP://Proxy.Internal:3128/", "proxy.internal:3128"), ("http://[2001:db8::1]:8080", "[2001:db8::1]:8080"),
            ("http://u:p@10.0.0.1:1", "10.0.0.1:1"), ("http://u@proxy", "proxy:80"), ("u:a@b@proxy:1", "proxy:1"),
            ("http://u:%70%2F@proxy", "proxy:80"),
        ] as [(String, String)])
    func `a proxy's URL is read, and told without user and password`(url: String, place: String) throws {
        let address = try ProxyAddress(url)
        #expect("\(address)" == place)
        #expect(String(reflecting: address) == place)
        var dumped = ""
        dump(address, to: &dumped)
        #expect(!dumped.contains("%70") && !dumped.contains("p/"))
    }

    @Test(
        arguments: [
            ("https://proxy:3128", .scheme), ("socks5://proxy:1080", .scheme), ("://proxy", .scheme), ("", .malformed),
            ("http://", .malformed), ("http://proxy/path", .malformed), ("http://proxy?x", .malformed),
            ("http://proxy:0", .malformed), ("http://proxy:65536", .malformed), ("http://:p@proxy", .malformed),
            ("http://u:%zz@proxy", .malformed), ("http://u:%ff@proxy", .malformed), ("a b:1", .malformed),
            ("http://proxy#x", .malformed),
        ] as [(String, ProxyAddress.Problem)])
    func `what is no proxy's URL is refused`(url: String, problem: ProxyAddress.Problem) {
        #expect(throws: problem) { try ProxyAddress(url) }
    }

    @Test(
        arguments: [
            ([:], nil), (["HTTPS_PROXY": "a:1"], "a:1"), (["https_proxy": "b:1"], "b:1"),
            (["HTTPS_PROXY": "a:1", "https_proxy": "b:1"], "a:1"), (["HTTPS_PROXY": "", "https_proxy": "b:1"], "b:1"),
            (["HTTPS_PROXY": ""], nil), (["HTTP_PROXY": "a:1"], nil),
            (["HTTPS_PROXY": "a:1", "NO_PROXY": "issuer.test"], nil),
            (["HTTPS_PROXY": "a:1", "no_proxy": "issuer.test"], nil),
            (["HTTPS_PROXY": "a:1", "NO_PROXY": "", "no_proxy": "other.test"], "a:1"),
        ] as [([String: String], String?)])
    func `variables choose a proxy`(environment: [String: String], place: String?) throws {
        #expect(try proxy(for: "https://issuer.test/", environment: environment) == place)
    }

    @Test func `the configured proxy comes first, and NO_PROXY holds for it, too`() throws {
        let environment = ["HTTPS_PROXY": "a:1", "NO_PROXY": "other.test"]
        #expect(try proxy(for: "https://issuer.test/", configured: "c:1", environment: environment) == "c:1")
        #expect(try proxy(for: "https://other.test/", configured: "c:1", environment: environment) == nil)
    }

    @Test func `a variable that is no proxy's URL is an error for what it would be for, and for nothing else`() throws {
        for (value, words) in [
            ("https://u:hunter2@p", "its scheme is not http"), ("http://:hunter2@", "it is not http://"),
        ] {
            let failure = #expect(throws: ProxyFailure.self) {
                try proxy(for: "https://issuer.test/", environment: ["https_proxy": value])
            }
            let text = failure.map { "\($0)" } ?? ""
            #expect(text.hasPrefix("https_proxy can't be used as a proxy's URL: \(words)"))
            #expect(!text.contains("hunter2"))
            #expect(try proxy(for: "https://localhost/", environment: ["https_proxy": value]) == nil)
        }
        let environment = ["HTTPS_PROXY": "socks5://p", "NO_PROXY": "*"]
        #expect(try proxy(for: "https://issuer.test/", environment: environment) == nil)
        #expect(try proxy(for: "https://issuer.test/", configured: "c:1", environment: ["HTTPS_PROXY": "?"]) == "c:1")
    }

    @Test(arguments: [
        "https://localhost/", "http://localhost/", "https://127.0.0.1/", "http://127.8.9.1:8080/", "https://[::1]/",
    ])
    func `loopback has no proxy`(url: String) throws {
        #expect(try proxy(for: url, configured: "c:1") == nil)
    }

    @Test(arguments: [
        // Names, and what is below them.
        ("issuer.test", "https://issuer.test/", true), ("ISSUER.test", "https://Issuer.Test/", true),
        ("issuer.test", "https://a.b.issuer.test/", true), (".issuer.test", "https://a.issuer.test/", true),
        (".issuer.test", "https://issuer.test/", true), ("*.issuer.test", "https://a.issuer.test/", true),
        ("issuer.test.", "https://issuer.test/", true), ("issuer.test", "https://issuer.test./", true),
        ("suer.test", "https://issuer.test/", false), ("issuer.test", "https://issuer.test.evil/", false),
        ("a.issuer.test", "https://issuer.test/", false), ("*", "https://issuer.test/", true),
        // Lists.
        ("a, b ,issuer.test", "https://issuer.test/", true), ("a b issuer.test", "https://issuer.test/", true),
        (",,", "https://issuer.test/", false), ("", "https://issuer.test/", false),
        (".", "https://issuer.test/", false),
        // Ports.
        ("issuer.test:443", "https://issuer.test/", true), ("issuer.test:8443", "https://issuer.test:8443/", true),
        ("issuer.test:8443", "https://issuer.test/", false), ("10.0.0.1:443", "https://10.0.0.1/", true),
        ("10.0.0.1:80", "https://10.0.0.1/", false), ("[2001:db8::1]:443", "https://[2001:db8::1]/", true),
        // Addresses and networks.
        ("10.0.0.1", "https://10.0.0.1/", true), ("10.0.0.1", "https://10.0.0.10/", false),
        ("10.0.0.0/8", "https://10.255.1.2/", true), ("10.0.0.0/8", "https://11.0.0.1/", false),
        ("10.1.2.0/23", "https://10.1.3.9/", true), ("10.1.2.0/23", "https://10.1.4.9/", false),
        ("0.0.0.0/0", "https://192.0.2.1/", true), ("0.0.0.0/0", "https://[2001:db8::1]/", false),
        ("2001:db8::/32", "https://[2001:db8:9::1]/", true), ("2001:db8::/32", "https://[2001:db9::1]/", false),
        ("2001:db8::1", "https://[2001:DB8:0::1]/", true), ("10.0.0.0/33", "https://10.0.0.0/", false),
        ("10.0.0.0/x", "https://10.0.0.0/", false), ("10.0.0.0/8", "https://issuer.test/", false),
        ("0.0.1", "https://10.0.0.1/", false),
    ])
    func `NO_PROXY names hosts that are asked directly`(list: String, url: String, isDirect: Bool) throws {
        let place = try proxy(for: url, configured: "c:1", environment: ["NO_PROXY": list])
        #expect((place == nil) == isDirect)
    }
}
