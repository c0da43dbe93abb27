import AuthgearResolver
import Bytes
import EventLoop
import Fixtures
import Foundation
import JOSE
import KeySets
import Questions
import Testing
import Worker

/// What `check` says.
@Suite struct FindingTests {
    private func issuer(_ algorithms: [Algorithm] = [.rs256]) -> Configuration.Issuer {
        var issuer = Configuration.Issuer(identifier: "https://id.example", audiences: ["a"])
        issuer.keys = .uri("https://id.example/jwks")
        issuer.algorithms = algorithms
        return issuer
    }

    @Test func `API tokens are counted, and a file that others may read or write is a hint`() throws {
        let folder = TemporaryDirectory()
        let path = "\(folder.path)/t"
        var configuration = Configuration()
        func lines() -> [String] {
            Finding.apiTokens(of: configuration, now: Timestamp(seconds: 1_800_000_000)).map(\.line)
        }
        #expect(lines() == [])
        configuration.tokens.own = Configuration.APITokens(file: path)
        #expect(lines() == ["failed tokens.static.file: \(path):1:1: can't be read: no such file or directory"])
        let list = ["a": "none", "b": "2026-01-01T00:00:00Z"].map { id, expires in
            "- { id: \(id), user_id: u, secrets: [{ sha256: \(id.sha256), expires: \(expires) }] }\n"
        }.joined()
        try list.write(toFile: path, atomically: false, encoding: .utf8)
        for (mode, risk) in [
            (0o600, nil), (0o644, "others may read"), (0o640, "others may read"), (0o602, "others may write"),
        ] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let lines = lines()
            #expect(lines[0] == "ok     tokens.static.file: 2 API tokens in \(path), 1 of which has expired")
            #expect(lines.count == (risk == nil ? 1 : 2))
            if let risk {
                #expect(
                    lines.last?.hasPrefix("hint   tokens.static.file: \(path) has the mode 0") == true
                        && lines.last?.contains(risk) == true)
            }
        }
        try (list + "- x").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(
            lines()[0] == "failed tokens.static.file: \(path):3:3: [2]: is not a mapping; allowed: key: value pairs")
    }

    @Test func `keys that were fetched are counted`() throws {
        let set = try KeySet([TestKeys.key(.rs256), TestKeys.stranger])
        let line = Finding(issuer(), keys: .success(set)).line
        #expect(line == "ok     issuer https://id.example: 2 keys from https://id.example/jwks")
    }

    @Test func `keys that can't be used are named by their reason`() throws {
        let usable = String(decoding: TestKeys.key(.rs256).publicJWK, as: UTF8.self)
        let set = try KeySet(#"{"keys":[{"kty":"oct","k":"AAAA"},\#(usable),{"kty":"oct","k":"BBBB"},5]}"#)
        let line = Finding(issuer(), keys: .success(set)).line
        #expect(line.hasSuffix(": 1 key from https://id.example/jwks; 3 more can't be used (not_an_object, symmetric)"))
    }

    @Test func `a set without a key for the algorithms is no success`() throws {
        let finding = Finding(issuer([.es256, .edDSA]), keys: .success(try KeySet([TestKeys.key(.rs256)])))
        #expect(!finding.isSound)
        #expect(finding.result.hasSuffix("none of them is for ES256, EdDSA, which is all that algorithms allows"))
    }

    @Test(arguments: [
        ("any", "10s", 1), ("any", "11s", 0), ("any", "15s", 0), ("primary", "1s", 0),
    ])
    func `a bound on replicas' lag that healthy ones exceed is a hint, and no error`(
        role: String, lag: String, hints: Int
    ) throws {
        let configuration = try configuration(
            """
            sessions: { store: redis, app_id: a, redis: { url: "redis://h", role: \(role), max_replica_lag: \(lag) } }
            """)
        let findings = Finding.hints(onReplicasOf: configuration)
        #expect(findings.count == hints)
        #expect(findings.allSatisfy { $0.isSound && $0.line.hasPrefix("hint   sessions.redis.max_replica_lag 10s: ") })
    }

    @Test(
        arguments: [
            (SocketPlace.usable, nil),
            (
                .occupied,
                "failed listen unix:/srv/x/s: the file exists and is no socket; remove it or choose another path"
            ),
            (.noFolder, "failed listen unix:/srv/x/s: there is no directory /srv/x: make it"),
            (.noFolderButFile, "failed listen unix:/srv/x/s: /srv/x is no directory"),
            (
                .closedFolder,
                "failed listen unix:/srv/x/s: whoever runs this may not make files in /srv/x: run it as the service's user, or let that one write there"
            ),
        ] as [(SocketPlace, String?)])
    func `where a Unix socket can't be made, it is said why`(place: SocketPlace, line: String?) {
        #expect(Finding(socketAt: "/srv/x/s", key: "listen", place)?.line == line)
    }

    @Test func `a directory that systemd makes may be missing`() {
        let finding = Finding(socketAt: "/run/x/s", key: "admin.listen", .noFolder)
        #expect(finding?.isSound == true)
        #expect(
            finding?.line.hasPrefix("hint   admin.listen unix:/run/x/s: there is no directory /run/x yet; ") == true)
    }

    @Test func `places of sockets are told apart`() throws {
        let folder = try PrivateFolder.make(["file": []])
        let (file, free) = (folder.path(of: "file"), folder.path(of: "free"))
        #expect(SocketPlace(path: free) == .usable)
        #expect(SocketPlace(path: file) == .occupied)
        #expect(SocketPlace(path: free + "/s") == .noFolder)
        #expect(SocketPlace(path: file + "/s") == .noFolderButFile)
        var configuration = Configuration()
        configuration.listen = [.unix(path: free), .tcp(host: "127.0.0.1", port: 1), .unix(path: free + "/s")]
        configuration.admin.listen = .unix(path: file)
        #expect(
            Finding.sockets(of: configuration).map(\.subject) == ["listen unix:\(free)/s", "admin.listen unix:\(file)"])
    }

    @Test func `a fetch that failed says why`() {
        let line = Finding(issuer(), keys: .failure(.request(.status(404)))).line
        #expect(
            line == "failed issuer https://id.example: no keys from https://id.example/jwks: status 404 instead of 200")
    }
}
