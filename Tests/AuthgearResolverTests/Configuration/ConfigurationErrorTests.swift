import AuthgearResolver
import Foundation
import Testing

/// What the operator reads when a file is wrong.
@Suite struct ConfigurationErrorTests {
    @Test func `everything that is wrong is said at once, in the order of the file`() {
        let text = """
            lisen: ["127.0.0.1:4180"]
            admin: { listen: 127.0.0.1:4181, prot: 1 }
            threads: many
            issuers:
              - issuer: http://id.example
                audiences: []
                algorithms: [RS256, HS256]
              - audiences: [a]
                leeway: 1h
                jwks_uri: https://id.example/jwks
                jwks_file: jwks.json
            sessions:
              store: redis
              redis: { url: "postgres://:hunter2@127.0.0.1", command_timeout: 250 }
            log: { level: loud }
            """
        let expected = """
            resolver.yaml:1:1: lisen: unknown key, did you mean listen?; allowed: listen, admin, threads, scheduling, issuers, tokens, sessions, cookies, authgear, shadow, challenge, dpop, client_certificate, policies, original, preflight, csrf, login, assertion, jwks, headers, tracing, limits, shutdown, tls, http, reload, log
            resolver.yaml:2:34: admin.prot: unknown key; allowed: listen, control, changes, ready
            resolver.yaml:3:10: threads: "many" is not a whole number; allowed: auto, or a whole number from 1 to 256
            resolver.yaml:5:13: issuers[0].issuer: "http://id.example" is http on a host that is not loopback; allowed: an https URL without query and fragment (http on loopback), or, with jwks_uri or jwks_file, any text
            resolver.yaml:6:16: issuers[0].audiences: is empty; allowed: a list of 1 to 100, each a text of 1 to 1024 bytes
            resolver.yaml:7:25: issuers[0].algorithms[1]: "HS256" is never allowed; allowed: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519
            resolver.yaml:8:5: issuers[1].issuer: missing; allowed: a text of 1 to 1024 bytes without control characters
            resolver.yaml:9:13: issuers[1].leeway: "1h" is out of range; allowed: a duration from 0s to 10m, such as 250ms, 10s, 5m, 24h or 30d
            resolver.yaml:11:16: issuers[1].jwks_file: stands beside jwks_uri; allowed: one of them, or neither for discovery
            resolver.yaml:13:3: sessions.app_id: missing; allowed: 1 to 128 visible ASCII characters
            resolver.yaml:14:17: sessions.redis.url: the value is not a Redis URL: a redis URL starts with redis:// or redis-sentinel://, rediss:// or rediss-sentinel:// (TLS), the same with valkey, or unix://; allowed: redis://[user:password@]host[:port][/database], redis-sentinel://[user:password@]host[:port][,host…]/service[/database], rediss… for TLS, valkey… in their place, or unix:///path
            resolver.yaml:14:67: sessions.redis.command_timeout: "250" is not a duration; allowed: a duration from 1ms to 1m, such as 250ms, 10s, 5m, 24h or 30d
            resolver.yaml:15:15: log.level: "loud" is none of these; allowed: trace, debug, info, notice, warning, error, critical
            """
        #expect(report(text) == expected)
    }

    /// What stands after a sound issuer (so on line 6), and how the one line that it earns begins.
    @Test(arguments: [
        ("sessions: { store: none, redis: { role: slave } }", "6:41: sessions.redis.role: \"slave\" is none of these"),
        (
            "sessions: { store: none, redis: { protocol: resp3 } }",
            "6:45: sessions.redis.protocol: \"resp3\" is none of these; allowed: auto, 2, 3"
        ),
        (
            "sessions: { store: none, redis: { max_replica_lag: 0s } }",
            "6:52: sessions.redis.max_replica_lag: \"0s\" is out of range; allowed: a duration from 1s to 1h"
        ),
        // Wrong types.
        ("listen: 127.0.0.1:4180", "6:9: listen: is not a list; allowed: a list of 1 to 64, each address:port"),
        ("listen: []", "6:9: listen: is empty"),
        ("listen: [[a]]", "6:10: listen[0]: is a list"),
        ("listen: [{a: b}]", "6:10: listen[0]: is a mapping"),
        ("listen: [\"localhost:1\"]", "6:10: listen[0]: \"localhost:1\" has no IP address: names are not looked up"),
        ("listen: [\"127.0.0.1\"]", "6:10: listen[0]: \"127.0.0.1\" has no port"),
        ("listen: [\"unix:a\"]", "6:10: listen[0]: \"unix:a\" has no absolute path"),
        ("listen:", "6:8: listen: is not a list"),
        ("admin: x", "6:8: admin: is not a mapping; allowed: key: value pairs"),
        ("admin: { listen: }", "6:18: admin.listen: has no value"),
        ("log: { level: ~ }", "6:15: log.level: has no value"),
        ("log: { level: !!int 5 }", "6:15: log.level: has a YAML tag"),
        ("jwks: &a { wait: 1s }", "6:7: jwks: has a YAML anchor"),
        ("jwks: { wait: &a 1s, max_stale: *a }", "6:15: jwks.max_stale: has a YAML anchor"),
        // Unknown keys.
        (
            "limits: { conections: 5 }",
            "6:11: limits.conections: unknown key, did you mean connections?; allowed: header_bytes, "
        ),
        ("cache: 5", "6:1: cache: unknown key; allowed: listen, "),
        ("jwks: { 5: 5 }", "6:9: jwks.5: unknown key; allowed: max_stale, wait, snapshot"),
        ("jwks: { snapshot: {} }", "6:19: jwks.snapshot.file: missing"),
        ("jwks: { snapshot: { file: \"\" } }", "6:27: jwks.snapshot.file: \"\" is empty"),
        ("jwks: { snapshot: k }", "6:19: jwks.snapshot: is not a mapping"),
        ("log: { ? [a] : b }", "6:10: log: has a key that is not text"),
        // Numbers.
        ("scheduling: fifo", "6:13: scheduling: \"fifo\" is none of these; allowed: auto, other, batch"),
        ("threads: 0", "6:10: threads: \"0\" is out of range"),
        ("threads: 257", "6:10: threads: \"257\" is out of range"),
        ("threads: -1", "6:10: threads: \"-1\" is not a whole number"),
        ("threads: 1e2", "6:10: threads: \"1e2\" is not a whole number"),
        (
            "limits: { connections: 0 }",
            "6:24: limits.connections: \"0\" is out of range; allowed: a whole number from 1 to "
        ),
        ("limits: { header_bytes: 64 }", "6:25: limits.header_bytes: \"64\" is not a size"),
        (
            "limits: { header_bytes: 2MiB }",
            "6:25: limits.header_bytes: \"2MiB\" is out of range; allowed: a size from 1KiB to 1MiB"
        ),
        ("limits: { token_bytes: 16KB }", "6:24: limits.token_bytes: \"16KB\" is not a size"),
        ("limits: { value_bytes: 255B }", "6:24: limits.value_bytes: \"255B\" is out of range"),
        (
            "limits: { value_bytes: 33KiB }",
            "6:24: limits.value_bytes: \"33KiB\" is out of range; allowed: a size from 256B to 32KiB"
        ),
        ("limits: { decision_timeout: 99ms }", "6:29: limits.decision_timeout: \"99ms\" is out of range"),
        ("limits: { decision_timeout: 61s }", "6:29: limits.decision_timeout: \"61s\" is out of range"),
        ("limits: { header_timeout: 0s }", "6:27: limits.header_timeout: \"0s\" is out of range"),
        ("limits: { idle_timeout: 2h }", "6:25: limits.idle_timeout: \"2h\" is out of range"),
        ("tokens: { cache: { entries: -1 } }", "6:29: tokens.cache.entries: \"-1\" is not a whole number"),
        ("tokens: { cache: { bytes: 5 } }", "6:27: tokens.cache.bytes: \"5\" is not a size"),
        ("tokens: { cache: { max_age: 5s } }", "6:20: tokens.cache.max_age: unknown key; allowed: entries, bytes"),
        ("jwks: { wait: 11s }", "6:15: jwks.wait: \"11s\" is out of range"),
        // Choices and characters.
        ("log: { format: xml }", "6:16: log.format: \"xml\" is none of these; allowed: json, text"),
        ("shadow: { sample: 1% }", "6:19: shadow.sample: has nobody to ask; allowed: a section authgear beside it"),
        ("shadow: { sample: some }", "6:19: shadow.sample: \"some\" is not a share; allowed: a share from 0 to 1"),
        ("shadow: { sample: 101% }", "6:19: shadow.sample: \"101%\" is out of range"),
        ("shadow: { sample: 1.01 }", "6:19: shadow.sample: \"1.01\" is out of range"),
        ("shadow: { sample: -1% }", "6:19: shadow.sample: \"-1%\" is not a share"),
        ("shadow: { sample: 1e-3 }", "6:19: shadow.sample: \"1e-3\" is not a share"),
        ("headers: { amr_separator: \"\" }", "6:27: headers.amr_separator: \"\" is not one ASCII character"),
        ("headers: { amr_separator: \", \" }", "6:27: headers.amr_separator: \", \" is not one ASCII character"),
        ("headers: { amr_separator: é }", "6:27: headers.amr_separator: \"é\" is not one ASCII character"),
        ("headers: { amr_separator: \"\\n\" }", "6:27: headers.amr_separator: \" \" is not printable"),
        ("headers: { amr_separator: w }", "6:27: headers.amr_separator: \"w\" occurs in the items"),
        // Other servers.
        ("tls: { ca_file: '' }", "6:17: tls.ca_file: \"\" is empty; allowed: a path"),
        ("tls: { ca: a }", "6:8: tls.ca: unknown key"),
        ("http: { proxy: 'https://p' }", "6:16: http.proxy: the value is not a proxy's URL: its scheme is not http"),
        (
            "http: { proxy: 'http://u:hunter2@' }",
            "6:16: http.proxy: the value is not a proxy's URL: it is not http://["
        ),
        // Contradictions.
        ("listen: [\"[::1]:1\", \"[::1]:2\", \"[::1]:1\"]", "6:32: listen[2]: is listed twice"),
        ("admin: { listen: \"127.0.0.1:4180\" }", "6:18: admin.listen: is one of listen"),
        // Sessions.
        ("sessions: { app_id: a }", "6:11: sessions.store: missing; allowed: redis, memory, authgear, none"),
        (
            "sessions: { store: mysql }",
            "6:20: sessions.store: \"mysql\" is none of these; allowed: redis, memory, authgear, none"
        ),
        ("sessions: { store: redis, app_id: a }", "6:11: sessions.redis.url: missing"),
        ("sessions: { store: redis, app_id: a, redis: {} }", "6:45: sessions.redis.url: missing"),
        ("sessions: { store: memory, app_id: a }", "6:11: sessions.memory.file: missing"),
        ("sessions: { store: memory, app_id: a, memory: {} }", "6:47: sessions.memory.file: missing"),
        (
            "sessions: { store: redis, app_id: a, redis: { url: 'rediss://h', tls: { cert_file: c } } }",
            "6:71: sessions.redis.tls.key_file: missing"
        ),
        (
            "sessions: { store: redis, app_id: a, redis: { url: 'rediss://h', tls: { key_file: c } } }",
            "6:71: sessions.redis.tls.cert_file: missing"
        ),
        (
            "sessions: { store: redis, app_id: a, redis: { url: 'rediss://h', tls: { server_name: 10.0.0.1 } } }",
            "6:86: sessions.redis.tls.server_name: \"10.0.0.1\" is an IP address"
        ),
        (
            "sessions: { store: redis, app_id: a, redis: { url: 'rediss://h', tls: { server_name: 'h:1' } } }",
            "6:86: sessions.redis.tls.server_name: \"h:1\" is not a host name"
        ),
        ("sessions: { store: none, app_id: \"a b\" }", "6:34: sessions.app_id: \"a b\" has a character"),
        ("sessions: { store: none, cookie_prefix: \"a=\" }", "6:41: sessions.cookie_prefix: \"a=\" has a character"),
        ("sessions: { store: none, lifetime: forever }", "6:36: sessions.lifetime: \"forever\" is not a duration"),
        (
            "sessions: { store: none, idle_timeout: never }",
            "6:40: sessions.idle_timeout: \"never\" is not a duration; allowed: none, or"
        ),
        (
            "sessions: { store: none, clear_cookie: { domain: 'a b' } }",
            "6:50: sessions.clear_cookie.domain: \"a b\" is not a host name"
        ),
        (
            "sessions: { store: none, clear_cookie: { secure: maybe } }",
            "6:50: sessions.clear_cookie.secure: \"maybe\" is neither true nor false; allowed: true, false"
        ),
        (
            "sessions: { store: none, offline_grants: { lifetime: 0s } }",
            "6:54: sessions.offline_grants.lifetime: \"0s\" is out of range"
        ),
        (
            "sessions: { store: none, offline_grants: { unlisted: deny } }",
            "6:54: sessions.offline_grants.unlisted: \"deny\" is none of these; allowed: allow, refuse"
        ),
        (
            "sessions: { store: none, offline_grants: { clients: { my-app: { idle: 1d } } } }",
            "6:65: sessions.offline_grants.clients.my-app.idle: unknown key, did you mean idle_timeout?; allowed: lifetime, idle_timeout"
        ),
    ])
    func `a wrong value is named with its place and what is allowed`(text: String, beginning: String) {
        let report = report(soundIssuer + text)
        #expect(report.hasPrefix("resolver.yaml:\(beginning)"), "\(report)")
        #expect(!report.contains("\n"), "\(report)")
    }

    @Test(arguments: [
        (
            "",
            "resolver.yaml:1:1: sessions.store: missing; allowed: redis, memory or authgear, or session_check: none of the issuer"
        ),
        (
            "sessions: { store: none }",
            "resolver.yaml:3:20: sessions.store: has no sessions for tokens to end with; allowed: redis, memory or authgear, or"
        ),
    ])
    func `a token can't end with its session where there are none`(sessions: String, beginning: String) {
        let issuer = "issuers:\n  - { issuer: \"https://id.example\", audiences: [a], session_check: grant }\n"
        let report = report(issuer + sessions)
        #expect(report.hasPrefix(beginning), "\(report)")
        #expect(!report.contains("\n"), "\(report)")
    }

    /// The inside of an issuer, and how the one line that it earns begins.
    @Test(arguments: [
        ("issuer: id.example, audiences: [a]", "issuers[0].issuer: \"id.example\" is not an https URL"),
        (
            "issuer: \"https://id.example\", audiences: [a], confirmation: never",
            "issuers[0].confirmation: \"never\" is none of these; allowed: check, ignore"
        ),
        (
            "issuer: \"https://id.example\", audiences: [a], session_check: always",
            "issuers[0].session_check: \"always\" is none of these; allowed: none, grant"
        ),
        (
            "issuer: \"https://u@id.example\", audiences: [a]",
            "issuers[0].issuer: the value is not an https URL"
        ),
        (
            "issuer: \"https://id.example?a=b\", audiences: [a]",
            "issuers[0].issuer: the value has a query or a"
        ),
        (
            "issuer: \"https://id.example#a\", audiences: [a]",
            "issuers[0].issuer: \"https://id.example#a\" has a query or a"
        ),
        (
            "issuer: \"http://127.0.0.1.example\", audiences: [a]",
            "issuers[0].issuer: \"http://127.0.0.1.example\" is http on"
        ),
        ("issuer: \"https://id.example\"", "issuers[0].audiences: missing"),
        ("issuer: \"https://id.example\", audiences: a", "issuers[0].audiences: is not a list"),
        ("issuer: \"https://id.example\", audiences: [\"\"]", "issuers[0].audiences[0]: \"\" is empty"),
        (
            "issuer: \"https://id.example\", audiences: [a], algorithms: [none]",
            "issuers[0].algorithms[0]: \"none\" is never allowed"
        ),
        (
            "issuer: \"https://id.example\", audiences: [a], algorithms: [hs512]",
            "issuers[0].algorithms[0]: \"hs512\" is never"
        ),
        (
            "issuer: \"https://id.example\", audiences: [a], algorithms: [rs256]",
            "issuers[0].algorithms[0]: \"rs256\" is no known"
        ),
        ("issuer: \"https://id.example\", audiences: [a], algorithms: []", "issuers[0].algorithms: is empty"),
        ("issuer: \"https://id.example\", audiences: [a], leeway: 11m", "issuers[0].leeway: \"11m\" is out of range"),
        (
            "issuer: \"https://id.example\", audiences: [a], jwks_uri: \"http://id.example\"",
            "issuers[0].jwks_uri: \"http://id.example\" is http"
        ),
        ("issuer: \"https://id.example\", audiences: [a], jwks_file: \"\"", "issuers[0].jwks_file: \"\" is empty"),
        (
            "issuer: \"https://id.example\", audience: [a], audiences: [a]",
            "issuers[0].audience: unknown key, did you mean audiences?"
        ),
    ])
    func `a wrong issuer is named with what is allowed`(inside: String, beginning: String) {
        let report = report("issuers: [{ \(inside) }]")
        #expect(report.contains(": \(beginning)"), "\(report)")
        #expect(!report.contains("\n"), "\(report)")
    }

    @Test(arguments: [
        "http://localhost:1/a", "http://127.1.2.3", "http://[::1]:8080", "HTTPS://id.example",
        "https://[2001:db8::1]/x",
    ])
    func `http is allowed on loopback, https everywhere`(issuer: String) {
        #expect(report("issuers: [{ issuer: \"\(issuer)\", audiences: [a] }]") == "")
    }

    @Test(arguments: [
        "my-issuer", "http://id.example", "https://id.example?a=b#c", "urn:example:issuer", "accounts.example.com",
        "id@example.com", "Wer da?", String(repeating: "x", count: 1_024),
    ])
    func `an issuer may have any name when the place of its keys is given`(issuer: String) throws {
        for keys in ["jwks_uri: 'https://id.example/keys'", "jwks_file: keys.json"] {
            let read = try configuration("issuers: [{ issuer: \"\(issuer)\", audiences: [a], \(keys) }]")
            #expect(read.issuers.map(\.identifier) == [issuer])
        }
        #expect(report("issuers: [{ issuer: \"\(issuer)\", audiences: [a] }]").contains("issuers[0].issuer: "))
    }

    @Test(arguments: [
        ("", "is empty"), ("a\\nb", "has a control character"), ("a\\u0085b", "has a control character"),
        (String(repeating: "x", count: 1_025), "is too long"),
    ])
    func `an issuer's name is no text that could spoil a log`(issuer: String, message: String) {
        let report = report("issuers: [{ issuer: \"\(issuer)\", audiences: [a], jwks_file: keys.json }]")
        #expect(report.contains("issuers[0].issuer: ") && report.contains(message), "\(report)")
    }

    @Test func `an issuer can't be configured twice`() {
        let text = "issuers:\n  - { issuer: 'https://a', audiences: [a] }\n  - { issuer: 'https://a', audiences: [b] }"
        #expect(report(text).hasPrefix("resolver.yaml:3:15: issuers[1].issuer: is configured twice"))
    }

    @Test(arguments: ["", "# nothing\n", "threads: 1", "{}"])
    func `nothing to check credentials with is an error`(text: String) {
        #expect(report(text).contains("issuers: there is nothing to check credentials with"))
    }

    @Test func `no issuers and no store is an error at the store`() {
        let beginning = "resolver.yaml:1:20: sessions.store: there is nothing to check credentials with"
        #expect(report("sessions: { store: none }").hasPrefix(beginning))
    }

    @Test(arguments: [
        ("listen: [", "resolver.yaml:2:1: is not YAML: "), ("a: b: c", "resolver.yaml:1:5: is not YAML: "),
        ("a: *b", "resolver.yaml:1:4: is not YAML: found undefined alias"),
        ("[a]", "resolver.yaml:1:1: is not a mapping"),
        ("text", "resolver.yaml:1:1: is not a mapping"), ("a: 1\n---\nb: 1", "resolver.yaml:2:1: is not YAML: "),
        ("log:\n\tlevel: info", "resolver.yaml:2:1: is not YAML: it is indented with a tab; allowed: spaces before a"),
        ("log:\n  format: text\n \tlevel: info", "resolver.yaml:3:2: is not YAML: it is indented with a tab"),
    ])
    func `what is not one YAML mapping is refused with its place`(text: String, beginning: String) {
        let report = report(text)
        #expect(report.hasPrefix(beginning), "\(report)")
        #expect(!report.contains("\n"), "\(report)")
    }

    @Test func `a key that is given twice hides no other error`() {
        let text =
            soundIssuer + """
                log: { level: loud, format: text, format: xml }
                threads: 1
                threads: none
                cache: 1
                threads: 2
                """
        let lines = report(text).split(separator: "\n").map(String.init)
        let beginnings = [
            "6:15: log.level: \"loud\" is none of these",
            "6:21: format: is given more than once; allowed: each key once",
            "6:43: log.format: \"xml\" is none of these", "7:1: threads: is given more than once",
            "8:1: threads: is given more than once", "9:1: cache: unknown key",
        ]
        #expect(lines.count == beginnings.count, "\(lines)")
        for (line, beginning) in zip(lines, beginnings) { #expect(line.hasPrefix("resolver.yaml:\(beginning)")) }
    }

    @Test(arguments: [
        ("warn", "warning"), ("err", "error"), ("INFO", "info"), ("debugg", "debug"), ("crit", "critical"),
    ])
    func `a word that is nearly right is answered with the right one`(word: String, right: String) {
        let report = report(soundIssuer + "log: { level: \(word) }")
        #expect(
            report.contains("log.level: \"\(word)\" is none of these, did you mean \(right)?; allowed: "), "\(report)")
    }

    @Test func `a file of aliases of aliases is refused, not expanded`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...40 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        text += "listen: *a40\n"
        #expect(report(text).contains("listen: has a YAML anchor"))
    }

    @Test func `deep nesting is refused, not followed`() {
        let text = "listen: " + String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        #expect(report(text).contains("is not YAML"))
    }

    @Test(arguments: [
        "\"hunter2\"", "\"hunter2://x\"", "[hunter2]", "\"redis://:hunter2\"", "\"redis://:hunter2@[::1\"",
        "\"redis://:a/hunter2@host\"", "\"redis://:hunter2@host:0\"", "\"unix://hunter2\"",
    ])
    func `a Redis URL is never shown`(url: String) {
        let report = report("sessions: { store: redis, app_id: a, redis: { url: \(url) } }")
        #expect(!report.isEmpty)
        #expect(!report.contains("hunter2"))
    }

    /// Without the space behind a colon, the value is a part of the key.
    @Test func `a value that is a part of its key is not shown`() {
        let url = "redis://:hunter2@127.0.0.1:6379/0"
        let once = report("sessions: { store: redis, app_id: a, redis: { url:\(url) } }")
        #expect(once.contains("sessions.redis.url…: unknown key, did you mean url?"), "\(once)")
        #expect(!once.contains("hunter2"))
        let twice = report("url:\(url): 1\nurl:\(url): 2")
        #expect(twice.contains("url…: is given more than once"), "\(twice)")
        #expect(!twice.contains("hunter2"))
    }

    @Test(arguments: ["https://user:hunter2@id.example/keys", "http://id.example/keys?key=hunter2"])
    func `a URL that may hold a password is not shown`(url: String) {
        let report = report("issuers: [{ issuer: \"https://id.example\", audiences: [a], jwks_uri: \"\(url)\" }]")
        #expect(report.contains("issuers[0].jwks_uri: the value is "), "\(report)")
        #expect(!report.contains("hunter2"))
    }
}
