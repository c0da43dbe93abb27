import Fixtures
import Foundation
import JOSE
import Testing

extension IntegrationTests {
    /// Keys that outlive the process (contract section 5), with the program, and an issuer that is away when it starts again.
    @Suite struct KeptKeysTests {
        /// A resolver that has kept its issuer's keys and has ended, and the issuer with it.
        private struct Stage {
            let resolver: ResolverServer
            let configuration: String
            let folder: String
            var path: String { "\(folder)/keys.json" }

            init() throws {
                folder = try Scratch.directory()
                try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
                let issuer = try IssuerServer(keys: Mint.keySet())
                configuration = """
                    issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(issuer.keysURL)" }]
                    jwks: { wait: 0s, snapshot: { file: "\(folder)/keys.json" } }
                    sessions: { store: none }
                    """
                resolver = try ResolverServer(configuration)
                try resolver.becomeReady()
                let path = path
                _ = try eventually("the keys to be kept") {
                    FileManager.default.fileExists(atPath: path) ? true : nil
                }
                issuer.stop()
            }

            func ask(_ token: String) throws -> Response {
                try HTTPConnection.get(resolver.ipv4, "/require", "Authorization: Bearer \(token)")
            }

            func check() throws -> (status: Int32, output: String) {
                let command = try ResolverServer.run(["check", "--config", resolver.path], in: folder)
                return (try command.wait(), command.output)
            }

            func source() throws -> [String] {
                let page = try HTTPConnection.get(resolver.admin, "/metrics").body
                return page.split(separator: "\n").filter { $0.hasPrefix("authgear_resolver_key_set_source{") }
                    .map { String($0.split(separator: ",").last ?? "") }
            }
        }

        @Test
        func `tokens are valid from the first request on although the issuer is away, and what is unknown stays so`()
            throws
        {
            let stage = try Stage()
            let mode = try FileManager.default.attributesOfItem(atPath: stage.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let token = try Mint.token()
            let stranger = try Mint.token(key: Mint.key.get().using(.rs256, kid: "other"))
            #expect(try stage.source() == [#"source="fetch"} 1"#, #"source="snapshot"} 0"#])
            for _ in 0..<2 {
                #expect(try stage.resolver.restart() == 0)
                #expect(try stage.ask(token).status == 200)
                #expect(try stage.ask(stranger).status == 503)
                #expect(try stage.source() == [#"source="fetch"} 0"#, #"source="snapshot"} 1"#])
                #expect(try HTTPConnection.get(stage.resolver.admin, "/readyz").status == 200)
                #expect(stage.resolver.process.output.contains("keys taken from the snapshot"))
            }
            let (status, output) = try stage.check()
            #expect(status == 1, "the issuer is away")
            #expect(
                output.contains(
                    "ok     jwks.snapshot.file \(stage.path): 1 key of issuer \(Mint.issuer), confirmed at "))
        }

        @Test func `a bad snapshot keeps nobody from starting, and nobody's token is valid by it`() throws {
            let stage = try Stage()
            let good = try String(contentsOfFile: stage.path, encoding: .utf8)
            for bad in [String(good.dropLast(20)), good.replacing("\"n\":\"", with: "\"n\":\"A"), ""] {
                try Scratch.write(bad, to: stage.path)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: stage.path)
                #expect(try stage.resolver.restart() == 0)
                let response = try stage.ask(Mint.token())
                #expect(response.status == 503)
                #expect(response.identity == ["resolver-error: keys_not_loaded"])
                let lines = stage.resolver.process.output.split(separator: "\n")
                #expect(lines.count { $0.contains("keys of the snapshot are not taken") } == 1)
                #expect(try stage.check().output.contains("hint   jwks.snapshot.file \(stage.path): not taken: "))
            }
        }
    }
}
