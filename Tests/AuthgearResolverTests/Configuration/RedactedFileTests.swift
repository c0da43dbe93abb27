import AuthgearResolver
import Foundation
import Testing

/// What `/config` shows of a file: everything but secrets, wherever they stand.
@Suite struct RedactedFileTests {
    /// What the file says, as the page has it.
    private func redacted(_ text: String, _ environment: [String: String] = [:]) throws -> String {
        let folder = try PrivateFolder.make(["resolver.yaml": Array(text.utf8)])
        let file = ConfigurationFile(path: folder.path(of: "resolver.yaml")) { environment[$0] }
        return String(decoding: try file.load().redacted, as: UTF8.self)
    }

    /// A key that holds a secret: what it is called, and a file in which it has this value.
    struct Key: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: @Sendable (String) -> String
    }

    private static let issuer = "issuers: [{ issuer: \"https://id.example\", audiences: [a]"
    private static let store = "sessions: { store: redis, app_id: a, redis: "

    static let keys = [
        Key(testDescription: "the password of sessions.redis.url") {
            "\(store){ url: \"redis://user:\($0)@redis.example/0\" } }"
        },
        Key(testDescription: "the same of a Unix socket") {
            "\(store){ url: \"unix://user:\($0)@/run/redis.sock?db=1\" } }"
        },
        Key(testDescription: "the same of Sentinels") {
            "\(store){ url: \"rediss-sentinel://user:\($0)@a,b:1/main/0\" } }"
        },
        Key(testDescription: "sessions.redis.sentinel.password") {
            "\(store){ url: \"redis-sentinel://a/main\", sentinel: { user: s, password: \"\($0)\" } } }"
        },
        Key(testDescription: "the password of http.proxy") {
            "\(issuer) }]\nhttp: { proxy: \"http://user:\($0)@proxy.example:3128\" }"
        },
        Key(testDescription: "introspection.client.secret") {
            "\(issuer), introspection: { endpoint: \"https://id.example/i\", client: { id: me, secret: \"\($0)\" } } }]"
        },
        Key(testDescription: "the query of jwks_uri") {
            "\(issuer), jwks_uri: \"https://id.example/keys?key=\($0)\" }]"
        },
    ]

    @Test(arguments: keys, ["hunter2", "p%40ss", "x"])
    func `a secret is not shown, and neither is its length`(key: Key, secret: String) throws {
        let shown = try redacted(key.text("SECRET-\(secret)"))
        #expect(!shown.contains("SECRET") && !shown.contains(secret + "@"), "\(shown)")
        #expect(shown.contains("***"))
        #expect(try redacted(key.text("a")) == shown)
    }

    @Test(arguments: ["ab://SECRET", "http://SECRET.example/SECRET", "://SECRET?SECRET"])
    func `a secret that looks like a URL is not shown`(secret: String) throws {
        for key in Self.keys where key.testDescription.contains(/secret|sentinel.password/) {
            #expect(!(try redacted(key.text(secret)).contains("SECRET")), "\(key.testDescription)")
        }
        #expect(!(try redacted("\(Self.issuer), jwks_uri: \"https://id.example/agr_SECRET\" }]").contains("SECRET")))
    }

    @Test(arguments: keys) func `a secret of the environment is not looked up`(key: Key) throws {
        let shown = try redacted(key.text("${PASSWORD}"), ["PASSWORD": "hunter2"])
        #expect(!shown.contains("hunter2"))
    }

    @Test func `a reference is shown as it is written, one with a default is not`() throws {
        let redis = ["REDIS": "redis://u:hunter2@h/0"]
        let plain = try redacted("\(Self.store){ url: \"${REDIS}\" } }", redis)
        #expect(plain.contains(#""url": "${REDIS}""#))
        let other = try redacted("\(Self.store){ url: \"${REDIS:-redis://u:hunter2@other/1}\" } }", redis)
        #expect(!other.contains("hunter2") && other.contains(#""url": "${REDIS:-redis://***@other/1}""#))
        let secret = Self.keys[5].text("${SECRET:-hunter2}")
        #expect(!(try redacted(secret, ["SECRET": "s"]).contains("hunter2")))
    }

    @Test func `a private key of several lines is not shown`() throws {
        let text = """
            \(Self.issuer), introspection: { endpoint: "https://id.example/i", client: { id: me, secret: "one
              two hunter2 three" } } }]
            """
        #expect(!(try redacted(text).contains("hunter2")))
    }

    @Test func `a comment is not shown, and everything else is, in its order`() throws {
        let shown = try redacted(
            """
            # the password was hunter2 once
            threads: 2   # hunter2
            issuers:
              - issuer: "https://id.example"
                audiences: [a, "b \\"c\\""]
            log: { level: debug }
            original: nginx
            reload: { watch: true }
            """)
        #expect(
            shown == """
                {
                  "threads": 2,
                  "issuers": [
                    {
                      "issuer": "https://id.example",
                      "audiences": [
                        "a",
                        "b \\"c\\""
                      ]
                    }
                  ],
                  "log": {
                    "level": "debug"
                  },
                  "original": "nginx",
                  "reload": {
                    "watch": true
                  }
                }
                """)
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(shown.utf8)) }
    }

    @Test func `the shipped example can be shown`() throws {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
        let text = try String(contentsOf: root.appending(path: "deploy/resolver.example.yaml"), encoding: .utf8)
        let shown = try redacted(text, ["REDIS_PASSWORD": "hunter2"])
        let object = try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: Any]
        #expect(object?["sessions"] != nil && !shown.contains("hunter2"))
    }
}
