import Authentication
import Fixtures
import JOSE
import Testing

/// The URI of a proof is compared as RFC 3986 section 6.2.2 says.
struct OriginTests {
    /// `htu`, the target, and whether one is for the other.
    static let uris: [(uri: String, target: String, fits: Bool)] = [
        ("https://api.example.com/orders/7", "/orders/7", true),
        ("https://api.example.com/orders/7?x=1#y", "/orders/7?z", true),
        ("https://api.example.com/orders/7#y?x", "/orders/7", true),
        ("HTTPS://API.Example.COM/orders/7", "/orders/7", true),
        ("https://api.example.com:443/orders/7", "/orders/7", true),
        ("https://api.example.com:/orders/7", "/orders/7", true),
        ("https://api.example.com:0443/orders/7", "/orders/7", true),
        ("https://api.example.com:8443/orders/7", "/orders/7", false),
        ("https://api.example.com:65536/orders/7", "/orders/7", false),
        ("https://api.example.com:4a3/orders/7", "/orders/7", false),
        ("https://other.example.com:8443/orders/7", "/orders/7", true),
        ("https://other.example.com/orders/7", "/orders/7", false),
        ("http://localhost:3000/orders/7", "/orders/7", true), ("https://[2001:DB8::1]/orders/7", "/orders/7", true),
        ("https://[2001:db8::2]/orders/7", "/orders/7", false), ("https://[2001:db8::1/orders/7", "/orders/7", false),
        ("http://api.example.com/orders/7", "/orders/7", false), ("ftp://api.example.com/orders/7", "/orders/7", false),
        ("https://api.example.com.evil/orders/7", "/orders/7", false),
        ("https://evil@api.example.com/orders/7", "/orders/7", false),
        ("https://api.example.com@evil/orders/7", "/orders/7", false),
        ("https://api.example.com\\@evil/orders/7", "/orders/7", false),
        ("//api.example.com/orders/7", "/orders/7", false), ("/orders/7", "/orders/7", false),
        ("https:/api.example.com/orders/7", "/orders/7", false), ("https:///orders/7", "/orders/7", false),
        (" https://api.example.com/orders/7", "/orders/7", false),
        ("https://api.example.com/orders/7 ", "/orders/7", false),
        ("https://api.example.com", "/", true), ("https://api.example.com/", "/", true),
        ("https://api.example.com?x", "/?y", true), ("https://api.example.com", "", false),
        ("https://api.example.com", "//", false), ("https://api.example.com/orders", "/orders/", false),
        ("https://api.example.com/Orders/7", "/orders/7", false),
        ("https://api.example.com/%6Frders/7", "/orders/7", true),
        ("https://api.example.com/orders/7", "/order%73/%37", true),
        ("https://api.example.com/%7euser", "/~user", true), ("https://api.example.com/a%2fb", "/a%2Fb", true),
        ("https://api.example.com/a%2fb", "/a/b", false), ("https://api.example.com/a%20b", "/a%20b", true),
        ("https://api.example.com/a b", "/a b", false), ("https://api.example.com/a+b", "/a%2Bb", false),
        ("https://api.example.com/a%zz", "/a%zz", false), ("https://api.example.com/a%2", "/a%2", false),
        ("https://api.example.com/a%", "/a%", false), ("https://api.example.com/a%252f", "/a%2f", false),
        ("https://api.example.com/./a", "/./a", false), ("https://api.example.com/a/..", "/a/..", false),
        ("https://api.example.com/a/.", "/a/.", false), ("https://api.example.com/a/../b", "/a/../b", false),
        ("https://api.example.com/a/%2e%2E/b", "/a/%2e%2E/b", false),
        ("https://api.example.com/a/.../b", "/a/.../b", true),
        ("https://api.example.com/.a/b..", "/.a/b..", true), ("https://api.example.com/b", "/a/../b", false),
        ("https://api.example.com/%ff", "/%FF", true), ("https://api.example.com/%00", "/%00", true),
        ("https://api.example.com/a|b", "/a|b", false), ("https://api.example.com/a\\u005cb", "/a\\\\b", false),
        ("https://api.example.com/a[b]", "/a[b]", false), ("https://api.example.com/a", "/a#b", false),
        ("https://api.example.com/a;b=c,d@e:f!$&'()*", "/a;b=c,d@e:f!$&'()*", true),
        ("https://api.example.com/orders/7", "https://api.example.com/orders/7", false),
        ("https://api.example.com*", "*", false), ("https://api.example.com/a//b", "/a/b", false),
        ("https://%61pi.example.com/orders/7", "/orders/7", true),
        ("https://api%2fexample.com/orders/7", "/orders/7", false),
    ]

    @Test(arguments: 0..<uris.count) func `a proof's URI is the request's or not`(number: Int) {
        let (uri, target, fits) = Self.uris[number]
        let origins = [
            "https://api.example.com", "https://OTHER.example.com:8443", "http://localhost:3000",
            "https://[2001:db8::1]",
        ]
        var desk = Desk.ofProofs(DPoPRules(origins: origins.compactMap(Origin.init)))
        var presentation = Presentation()
        presentation.proof?.claims["htu"] =
            "\"\(uri.replacing("\\u005c", with: "\\\\").replacing("\\@", with: "\\\\@"))\""
        presentation.target = target
        #expect((desk.ask(presenting: presentation) == ResolverTokenTests.valid) == fits)
        #expect(desk.refusals == (fits ? [:] : ["token dpop_uri": 1]))
    }

    @Test func `an origin has a scheme, a host and perhaps a port`() {
        #expect(Origin("https://a.example") == Origin("HTTPS://A.example:443"))
        #expect(Origin("https://a.example") != Origin("http://a.example"))
        #expect(Origin("http://a.example") == Origin("http://a.example:80"))
        for text in [
            "", "a.example", "https://", "https://a.example/", "https://a.example?", "https://a.example#x",
            "https://a.example:0", "https://a.example:99999", "https://a b", "https://a@b", "ws://a.example",
            "https://:1",
            "https://[::1", "https://[]", "https://[g::1]", "https://a.example:x", "https://[::1]x",
        ] {
            #expect(Origin(text) == nil, "\(text)")
        }
    }
}
