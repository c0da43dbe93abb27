import Fixtures
import Redis
import Testing

@Suite struct `Redis addresses` {
    /// The place, and the set-up commands but for the PING.
    static func summary(_ url: String) throws -> String {
        let address = try RedisAddress(url: url)
        let place =
            switch address.endpoint {
            case .tcp(let host, let port): "tcp \(host) \(port)"
            case .tls(let host, let port): "tls \(host) \(port)"
            case .unix(let path): "unix \(path)"
            case .sentinels(let group): "\(group.isSecured ? "tls" : "tcp") \(group)"
            }
        let setUp = SetUpCommand.commands(for: address).dropLast().map { command in
            command.arguments.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
        return ([place] + setUp).joined(separator: ", ")
    }

    @Test(arguments: [
        ("redis://127.0.0.1", "tcp 127.0.0.1 6379"),
        ("redis://127.0.0.1:6380/", "tcp 127.0.0.1 6380"),
        ("redis://redis.example.com/7", "tcp redis.example.com 6379, SELECT 7"),
        ("redis://redis_1:1/0", "tcp redis_1 1"),
        ("redis://[::1]", "tcp ::1 6379"),
        ("redis://[fe80::1]:7000/1", "tcp fe80::1 7000, SELECT 1"),
        ("rediss://redis.example.com", "tls redis.example.com 6379"),
        ("valkey://user:secret@h/2", "tcp h 6379, AUTH user secret, SELECT 2"),
        ("valkey://[::1]:6380", "tcp ::1 6380"), ("valkeys://h:1", "tls h 1"),
        ("redis://:secret@h", "tcp h 6379, AUTH secret"),
        ("redis://user:secret@h:1/2", "tcp h 1, AUTH user secret, SELECT 2"),
        ("redis://us%3Aer:s%2Fe%40c%3Fr%23et%25@h", "tcp h 6379, AUTH us:er s/e@c?r#et%"),
        ("redis://:@h/1", "tcp h 6379, SELECT 1"),
        ("redis://:a:b@h", "tcp h 6379, AUTH a:b"),
        ("redis://:a@b@h", "tcp h 6379, AUTH a@b"),
        ("redis://:%C3%A4@h", "tcp h 6379, AUTH ä"),
        ("redis-sentinel://s1/mymaster", "tcp mymaster of s1:26379"),
        (
            "redis-sentinel://user:secret@s1,s2:1,[::1]/m/2",
            "tcp m of s1:26379, s2:1, [::1]:26379, AUTH user secret, SELECT 2"
        ),
        ("rediss-sentinel://s1/m/", "tls m of s1:26379"),
        ("valkey-sentinel://s1,s1:1/m%25x/0", "tcp m%x of s1:26379, s1:1"),
        ("valkeys-sentinel://:pw@10.0.0.1:5/m", "tls m of 10.0.0.1:5, AUTH pw"),
        (
            "redis-sentinel://" + (1...16).map { "s\($0):1" }.joined(separator: ",") + "/m",
            "tcp m of " + (1...16).map { "s\($0):1" }.joined(separator: ", ")
        ),
        ("unix:///run/redis.sock", "unix /run/redis.sock"),
        ("unix:///run/redis.sock?db=3", "unix /run/redis.sock, SELECT 3"),
        ("unix://user:secret@/r%20s?db=3", "unix /r s, AUTH user secret, SELECT 3"),
        ("unix://:secret@/r", "unix /r, AUTH secret"),
    ])
    func `a URL is read`(_ url: String, _ summary: String) throws {
        #expect(try Self.summary(url) == summary)
    }

    static let wrong: [(String, RedisAddressError)] = [
        ("", .scheme), ("127.0.0.1:6379", .scheme), ("http://h", .scheme), ("REDIS://h", .scheme),
        ("valkeyss://h", .scheme), ("unixs:///r", .scheme), ("cluster", .scheme),
        ("redis-cluster://h", .cluster), ("rediss-cluster://h", .cluster), ("redis+cluster://a,b", .cluster),
        ("valkey-cluster://h", .cluster), ("redis://a,b", .cluster), ("rediss://:p@a:1,b:2/0", .cluster),
        ("valkeys://a,b", .cluster),
        ("redis://h ", .character), ("redis://:pä@h", .character), ("redis://h\n", .character),
        ("redis://:%zz@h", .percentEncoding), ("redis://:%4@h", .percentEncoding), ("redis://:a%@h", .percentEncoding),
        ("redis://user@h", .userWithoutPassword), ("redis://@h", .userWithoutPassword),
        ("redis://user:@h", .emptyPassword), ("unix://user:@/r", .emptyPassword),
        ("redis://", .host), ("redis://:6379", .host), ("redis://h!", .host), ("redis://[::1", .host),
        ("redis://[]", .host), ("redis://[h]", .host),
        ("redis://h:", .port), ("redis://h:0", .port), ("redis://h:65536", .port), ("redis://h:+1", .port),
        ("redis://h:secret/word@x", .unencoded), ("redis://:pa/ss@h", .unencoded), ("redis://:p@s/s@h", .unencoded),
        ("redis://u:1/2@h:6379/0", .unencoded), ("redis://:1?2@h", .unencoded), ("rediss://:1#2@h", .unencoded),
        ("unix://:pa/ss@/run/redis.sock", .unencoded), ("redis://[::1]6379", .port),
        ("redis://h:99999999999999999999", .port),
        ("redis-sentinel://s1", .service), ("redis-sentinel://s1/", .service), ("redis-sentinel://s1//1", .service),
        ("redis-sentinel://s1/a%20b", .service), ("redis-sentinel://s1/a/x", .database),
        ("redis-sentinel://s1/a/1/2", .database), ("redis-sentinel://s1/a?db=1", .parameter),
        ("redis-sentinel://s1,S1:26379/a", .alikeHosts), ("redis-sentinel://10.0.0.1,s,10.0.0.1/a", .alikeHosts),
        ("redis-sentinel://[::1],[0:0:0:0:0:0:0:1]/a", .alikeHosts), ("redis-sentinel://s1.,S1/a", .alikeHosts),
        ("redis-sentinel://[::A:1],s,[::a:0001]:26379/a", .alikeHosts),
        ("redis-sentinel://[::ffff:10.0.0.1],10.0.0.1/a", .alikeHosts),
        ("redis-sentinel://s1,/a", .host), ("redis-sentinel:///a", .host), ("rediss-sentinel://s1:0/a", .port),
        ("valkey-sentinel://" + (1...17).map { "s\($0)" }.joined(separator: ",") + "/a", .tooManyHosts),
        ("redis-sentinel://:pa/ss@s1/a", .unencoded), ("redis-sentinel://u@s1/a", .userWithoutPassword),
        ("redis://h/x", .database), ("redis://h/-1", .database), ("redis://h/1/", .database),
        ("redis://h/2147483648", .database), ("unix:///r?db=x", .database), ("unix:///r?db=", .database),
        ("redis://h?db=1", .parameter), ("redis://h/1?x", .parameter), ("redis://h#f", .parameter),
        ("unix:///r?x=1", .parameter), ("unix:///r#f", .parameter),
        ("unix://", .path), ("unix://r", .path), ("unix:///", .path), ("unix:///a%00b", .path),
        ("unix:///" + String(repeating: "x", count: 107), .path),
    ]

    @Test(arguments: wrong) func `a wrong URL is refused with its reason`(_ url: String, _ error: RedisAddressError) {
        #expect(throws: error) { _ = try RedisAddress(url: url) }
    }

    @Test(arguments: RedisAddressError.allCases)
    func `an error says what a URL must be, and nothing of the one that is wrong`(_ error: RedisAddressError) {
        #expect("\(error)" == error.rawValue)
    }

    @Test(arguments: [
        ("redis://user:secret@h:1/2", "h:1"), ("rediss://user:secret@[::1]", "[::1]:6379"),
        ("unix://user:secret@/r?db=1", "unix:/r"),
    ])
    func `printing an address shows the place alone`(_ url: String, _ place: String) throws {
        let address = try RedisAddress(url: url)
        #expect("\(address)" == place)
        #expect(String(reflecting: address) == place)
        var dumped = ""
        dump(address, to: &dumped)
        #expect(!dumped.contains("secret") && !dumped.contains("115"), "115 is the byte s")
    }

    @Test func `credentials never print`() {
        let credentials = RedisCredentials(user: Array("secret".utf8), password: Array("secret".utf8))
        #expect("\(credentials)" == "(redacted)")
        #expect(String(reflecting: credentials) == "(redacted)")
        #expect("\([credentials])".contains("redacted"))
    }
}
