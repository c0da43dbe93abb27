import EventLoop
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:4180", ListenAddress.tcp(host: "127.0.0.1", port: 4180)),
        ("0.0.0.0:0", .tcp(host: "0.0.0.0", port: 0)), ("[::1]:65535", .tcp(host: "::1", port: 65_535)),
        ("[2001:db8::1]:80", .tcp(host: "2001:db8::1", port: 80)), ("unix:/run/x.sock", .unix(path: "/run/x.sock")),
        ("unix:/" + String(repeating: "a", count: 106), .unix(path: "/" + String(repeating: "a", count: 106))),
    ])
    func `an address is read, and written as it was`(text: String, address: ListenAddress) throws {
        #expect(try ListenAddress(text) == address)
        #expect(address.description == text)
    }

    @Test(arguments: [
        ("", ListenAddressError.portMissing), ("127.0.0.1", .portMissing), ("127.0.0.1:", .portMissing),
        ("127.0.0.1:x", .badPort), ("127.0.0.1:-1", .badPort), ("127.0.0.1:+1", .badPort),
        ("127.0.0.1:65536", .badPort),
        ("127.0.0.1:1 ", .badPort), (":4180", .hostMissing), ("localhost:4180", .badHost), ("127.0.0:4180", .badHost),
        ("999.0.0.1:4180", .badHost), ("[127.0.0.1]:4180", .badHost), ("[]:4180", .badHost), ("[::1:4180", .badHost),
        ("::1:4180", .bracketsMissing), ("[::1]", .badPort), ("unix:", .badPath), ("unix:x.sock", .badPath),
        ("unix:/run/", .badPath), ("unix:/a\u{0}b", .badPath),
        ("unix:/" + String(repeating: "a", count: 107), .pathTooLong),
    ])
    func `what is no address is refused with what to write`(text: String, error: ListenAddressError) {
        #expect(throws: error) { try ListenAddress(text) }
    }

    @Test(arguments: [
        ("127.0.0.1:4180", "127.0.0.1:4180", true), ("127.0.0.1:4180", "127.0.0.1:4181", false),
        ("127.0.0.1:4180", "127.0.0.2:4180", false), ("0.0.0.0:4180", "127.0.0.1:4180", true),
        ("0.0.0.0:4180", "[::]:4180", false), ("0.0.0.0:4180", "[::1]:4180", false), ("[::]:1", "[::1]:1", true),
        ("[::1]:1", "[0:0:0:0:0:0:0:1]:1", true), ("127.0.0.1:0", "127.0.0.1:0", false),
        ("unix:/run/a.sock", "unix:/run/a.sock", true), ("unix:/run/a.sock", "unix:/run//./a.sock", true),
        ("unix:/run/x/../a.sock", "unix:/run/a.sock", true), ("unix:/run/a.sock", "unix:/run/b.sock", false),
        ("unix:/a", "127.0.0.1:1", false),
    ])
    func `two addresses overlap when only one can be listened on`(one: String, other: String, overlap: Bool) throws {
        let (one, other) = (try ListenAddress(one), try ListenAddress(other))
        #expect(one.overlaps(other) == overlap)
        #expect(other.overlaps(one) == overlap)
    }

    @Test(arguments: ListenAddressError.allCases)
    func `each error says what to do`(error: ListenAddressError) {
        #expect(error.description.hasPrefix("has "))
    }
}
