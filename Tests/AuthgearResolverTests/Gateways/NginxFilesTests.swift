import Authentication
import AuthgearResolver
import Foundation
import JOSE
import Testing

/// The files for nginx that `gateway nginx` prints.
@Suite struct NginxFilesTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../../nginx").standardized

    private static func files(_ text: String) throws -> [String: String] {
        let files = NginxFiles(try configuration(text)).all
        return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.text) })
    }

    private static func issuer(_ host: String, headers: String) -> String {
        "  - { issuer: \"https://\(host)\", audiences: [a], headers: { \(headers) } }\n"
    }

    @Test func `the shipped files are what is printed for all that could be answered without further headers`() throws {
        for file in NginxFiles.shipped.all {
            let shipped = try String(contentsOf: Self.folder.appending(path: file.name), encoding: .utf8)
            #expect(file.text == shipped, "nginx/\(file.name)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            $0.hasSuffix(".conf")
        }
        #expect(Set(names) == Set(NginxFiles.shipped.all.map(\.name)).union(["nginx.conf"]))
    }

    @Test(arguments: ["auth_request.conf", "require.conf", "policy.conf", "clear.conf"])
    func `each include sets or clears each name, ours and the configuration's`(name: String) throws {
        let text = try #require(
            try Self.files(
                "issuers:\n" + Self.issuer("a.example", headers: "x-user-email: email, x-tenant: t")
                    + Self.issuer("b.example", headers: "x-tenant: tenant, user-id: sub")
            )[name])
        let lines = text.split(separator: "\n")
        let set = lines.filter { $0.hasPrefix("proxy_set_header ") }.map { $0.split(separator: " ")[1] }
        let answers = [
            "session-valid", "user-id", "user-anonymous", "user-verified", "user-can-reauthenticate", "user-roles",
            "session-amr", "session-authenticated-at", "allowed", "refused", "assertion",
        ]
        #expect(set == (answers.map { "x-authgear-\($0)" } + ["user-id", "x-tenant", "x-user-email"]).map { $0[...] })
        // Each value is a variable of its own, which is set from the answer's field of that name.
        let variables = lines.filter { $0.hasPrefix("auth_request_set $authgear_") }.map { $0.split(separator: " ")[1] }
        #expect(Set(variables).count == variables.count)
        if name != "clear.conf" {
            #expect(text.contains("auth_request_set $authgear_header_x_user_email $upstream_http_x_user_email;"))
            #expect(text.contains("proxy_set_header x-user-email $authgear_header_x_user_email;"))
            #expect(text.contains("auth_request_set $authgear_header_user_id $upstream_http_user_id;"))
        }
    }

    /// By include: what is looked for in answers of a configuration beside the eight; what is left of the names is empty.
    @Test(arguments: [
        ("", ["auth_request": [], "require": [], "policy": ["allowed", "refused"]]),
        (
            "original: nginx\ncsrf: { origins: [\"https://a.example\"] }\n",
            ["auth_request": ["refused"], "require": [], "policy": ["allowed", "refused"]]
        ),
    ])
    func `what no answer has is not looked for, and empty`(_ text: String, _ further: [String: [String]]) throws {
        let files = try Self.files(text + "issuers:\n" + Self.issuer("a.example", headers: "x-a: b"))
        for (include, names) in further {
            let text = try #require(files["\(include).conf"])
            let all = ["allowed", "refused", "assertion"]
            let asked = all.filter { text.contains(" $upstream_http_x_authgear_\($0);") }
            let empty = all.filter { text.contains("\nproxy_set_header x-authgear-\($0) \"\";") }
            #expect(asked == names && empty == all.filter { !names.contains($0) }, "\(include)")
            #expect(text.contains("\nproxy_set_header x-a $authgear_header_x_a;"))
        }
    }

    @Test func `names of 63 characters fit into nginx' tables`() throws {
        let names = (10..<26).map { "x-\(String(repeating: "long-", count: 11))name\($0)" }
        #expect(names.allSatisfy { $0.count == 63 })
        let headers = Self.issuer("a.example", headers: names.map { "\($0): n" }.joined(separator: ", "))
        let files = try Self.files("issuers:\n" + headers)
        for name in ["auth_request.conf", "require.conf", "policy.conf", "clear.conf"] {
            let text = try #require(files[name])
            #expect(text.contains("\nproxy_headers_hash_bucket_size 256;\nproxy_set_header "))
            let variables = text.matches(of: /auth_request_set \$([a-z0-9_]+) \$upstream_http_x_long/).map(\.output.1)
            #expect(variables.count == (name == "clear.conf" ? 0 : 16) && Set(variables).count == variables.count)
            // With room for 46 (`variables_hash_bucket_size` 64).
            #expect(variables.allSatisfy { $0.count <= 46 && text.contains(" $\($0);\n") })
        }
        #expect(files["locations.conf"]?.contains("bucket_size") == false)
        let key = "tokens: { static: { file: t, header: \(names[0]) } }\n"
        let locations = try Self.files("issuers:\n" + Self.issuer("a.example", headers: "x-a: b") + key)
        #expect(locations["locations.conf"]?.ranges(of: "    proxy_headers_hash_bucket_size 256;\n").count == 3)
        #expect(locations["clear.conf"]?.contains("bucket_size") == false)
    }

    @Test func `the header for API tokens is handed over wherever nginx asks`() throws {
        let text = "tokens: { static: { file: t, header: x-api-key } }\n"
        let files = try Self.files("issuers:\n" + Self.issuer("a.example", headers: "x-a: b") + text)
        let lines = files["locations.conf"]?.split(separator: "\n") ?? []
        #expect(lines.count { $0 == "    proxy_set_header x-api-key $http_x_api_key;" } == 3)
        #expect(lines.count { $0 == "    proxy_set_header Cookie $http_cookie;" } == 3)
    }

    @Test(arguments: [
        ("127.0.0.1:4200", "127.0.0.1:4200"), ("0.0.0.0:4180", "127.0.0.1:4180"), ("[::]:4180", "[::1]:4180"),
        ("unix:/run/r.sock", "unix:/run/r.sock"),
    ])
    func `nginx asks where the resolver listens`(listen: String, server: String) throws {
        let text = "listen: [\"\(listen)\", \"127.0.0.1:1\"]\n"
        let files = try Self.files("issuers:\n" + Self.issuer("a.example", headers: "x-a: b") + text)
        #expect(files["upstream.conf"]?.contains("\n    server \(server) max_fails=0;") == true)
    }

    @Test func `nginx asks at the Unix socket where there is one`() throws {
        let text = "listen: [\"127.0.0.1:1\", \"unix:/run/r.sock\"]\n"
        let files = try Self.files("issuers:\n" + Self.issuer("a.example", headers: "x-a: b") + text)
        let file = try #require(files["upstream.conf"])
        #expect(file.contains("\n    server unix:/run/r.sock max_fails=0;") && !file.contains("127.0.0.1:1"))
        #expect(!file.contains("Better,"))
    }
}
