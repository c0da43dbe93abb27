import Questions
import Testing

struct FetchURLTests {
    @Test(arguments: [
        ("https://issuer.test", "https://issuer.test/"),
        ("HTTPS://Issuer.Test:8443/Path?a=B#c", "https://issuer.test:8443/Path?a=B"),
        ("https://issuer.test?x", "https://issuer.test/?x"),
        ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]:443/"),
        ("http://localhost/jwks", "http://localhost/jwks"),
        ("http://LOCALHOST:80", "http://localhost:80/"),
        ("http://127.0.0.1:8080/jwks", "http://127.0.0.1:8080/jwks"),
        ("http://127.255.0.9/", "http://127.255.0.9/"),
        ("http://[::1]:8080/jwks", "http://[::1]:8080/jwks"),
    ])
    func `a URL that keys may come from is taken apart and put together`(text: String, expected: String) throws {
        #expect(try FetchURL(text).text == expected)
    }

    @Test(arguments: [
        "http://issuer.test/", "http://127.0.0.1.issuer.test/", "http://localhost.issuer.test/", "http://128.0.0.1/",
        "http://127.1/", "http://127.0.0.256/", "http://127.0.0.0001/", "http://0.0.0.0/", "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
    ])
    func `http is for loopback hosts only`(text: String) {
        #expect(throws: FetchURL.Problem.insecure) { try FetchURL(text) }
    }

    @Test(arguments: [
        "", "/jwks", "issuer.test", "ftp://issuer.test/", "https:issuer.test", "https:/issuer.test", "https://",
        "https:///jwks", "https://user@issuer.test/", "https://user:secret@issuer.test/", "https://issuer.test:/",
        "https://issuer.test:0/", "https://issuer.test:65536/", "https://issuer.test:+80/", "https://issuer.test:8x/",
        "https://issuer .test/", "https://issuer.test/a b", "https://issuer.test/\n",
        "https://issuer.test\\@evil.test/",
        "https://issuér.test/", "https://[::1/", "https://[]/", "https://[::1]x/", "https://::1/", "https://a%2eb/",
        "http://127.0.0.1:80@issuer.test/", "https://" + String(repeating: "a", count: 2_048),
    ])
    func `what two parsers might read differently is refused`(text: String) {
        #expect(throws: FetchURL.Problem.malformed) { try FetchURL(text) }
    }

    @Test(arguments: [
        ("https://other.test/keys", "https://other.test/keys"),
        ("//other.test/keys", "https://other.test/keys"),
        ("/keys", "https://issuer.test:8443/keys"),
        ("?b", "https://issuer.test:8443/jwks?b"),
        ("/", "https://issuer.test:8443/"),
    ])
    func `a redirect leads to an absolute URL or to a path`(location: String, expected: String) throws {
        #expect(try FetchURL("https://issuer.test:8443/jwks?a").following(location: location).text == expected)
    }

    /// The examples of RFC 3986 sections 5.4.1 and 5.4.2, without fragments: these are not fetched.
    @Test(arguments: [
        ("https:g", nil), ("g:h", nil), ("g", "/b/c/g"), ("./g", "/b/c/g"), ("g/", "/b/c/g/"), ("/g", "/g"),
        ("?y", "/b/c/d;p?y"), ("g?y", "/b/c/g?y"), ("#s", "/b/c/d;p?q"), ("g#s", "/b/c/g"), ("g?y#s", "/b/c/g?y"),
        (";x", "/b/c/;x"), ("g;x", "/b/c/g;x"), ("g;x?y#s", "/b/c/g;x?y"), ("", "/b/c/d;p?q"), (".", "/b/c/"),
        ("./", "/b/c/"), ("..", "/b/"), ("../", "/b/"), ("../g", "/b/g"), ("../..", "/"), ("../../", "/"),
        ("../../g", "/g"), ("../../../g", "/g"), ("../../../../g", "/g"), ("/./g", "/g"), ("/../g", "/g"),
        ("g.", "/b/c/g."), (".g", "/b/c/.g"), ("g..", "/b/c/g.."), ("..g", "/b/c/..g"), ("./../g", "/b/g"),
        ("./g/.", "/b/c/g/"), ("g/./h", "/b/c/g/h"), ("g/../h", "/b/c/h"), ("g;x=1/./y", "/b/c/g;x=1/y"),
        ("g;x=1/../y", "/b/c/y"), ("g?y/./x", "/b/c/g?y/./x"), ("g?y/../x", "/b/c/g?y/../x"),
        ("g#s/../x", "/b/c/g"), ("https://a/x/../y?z", "/y?z"), ("//a/x//..//y", "/x//y"), ("./a:b", "/b/c/a:b"),
    ])
    func `a relative redirect is resolved as RFC 3986 says`(location: String, target: String?) {
        let url = try? FetchURL("https://a/b/c/d;p?q").following(location: location)
        #expect(url?.text == target.map { "https://a" + $0 })
    }

    @Test(arguments: ["http://issuer.test/keys", "http://127.0.0.1/keys", "http://localhost/keys"])
    func `a redirect never leads from https to http`(location: String) throws {
        let url = try FetchURL("https://issuer.test/jwks")
        #expect(throws: FetchURL.Problem.insecure) { try url.following(location: location) }
    }

    @Test(arguments: ["a b", "a\\b", "kéys", "1:2", "javascript:alert(1)", "https://", "//user@issuer.test/"])
    func `a redirect to anything else is refused`(location: String) throws {
        let url = try FetchURL("https://issuer.test/jwks")
        #expect(throws: FetchURL.Problem.malformed) { try url.following(location: location) }
    }
}
