import Fixtures
import Foundation
import Testing

extension IntegrationTests {
    /// `https://` addresses, asked by real clients (contract section 29).
    @Suite(
        .enabled(
            if: CertificateAuthority.isAvailable && Program.inPath("curl") != nil, "needs openssl and curl"))
    struct SecuredAddressTests {
        private let authority: CertificateAuthority
        private let own: CertificateAuthority.Issued
        private let port: UInt16
        private let resolver: ResolverServer

        init() throws {
            let authority = try CertificateAuthority()
            (own, port) = (try authority.issue("server", for: "IP:127.0.0.1"), try FreePort.take())
            self.authority = authority
            resolver = try Self.resolver(own, port)
        }

        private static func resolver(
            _ own: CertificateAuthority.Issued, _ port: UInt16, clients: CertificateAuthority? = nil
        ) throws -> ResolverServer {
            let keys = "\(try Scratch.directory())/jwks.json"
            try Scratch.write(Mint.keySet(), to: keys)
            let more = clients.map { ", client_ca_file: \"\($0.certificate)\"" } ?? ""
            return try ResolverServer(
                """
                issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_file: "\(keys)" }]
                tls: { server: { cert_file: "\(own.certificate)", key_file: "\(own.key)"\(more) } }
                """, more: "https://127.0.0.1:\(port)")
        }

        /// What curl says: the status, the version of HTTP, and the exit status.
        private func curl(_ arguments: String..., path: String = "/require") throws -> String {
            let words = [
                "--silent", "--cacert", authority.certificate, "--output", "/dev/null", "--write-out",
                "%{response_code} %{http_version} %{exitcode}", "--max-time", "20",
            ]
            return try output(of: "curl", words + arguments + ["https://127.0.0.1:\(port)\(path)"])
        }

        private func output(of program: String, _ arguments: [String]) throws -> String {
            let path = try #require(Program.inPath(program))
            let child = try ChildProcess(path, arguments, in: Scratch.directory())
            _ = try child.wait()
            return child.output
        }

        @Test(arguments: ["--tlsv1.2", "--tlsv1.3"])
        func `curl is answered over HTTP/1.1 and HTTP/2`(version: String) throws {
            let (token, most) = (try Mint.token(), version == "--tlsv1.2" ? "1.2" : "1.3")
            for (choice, name) in [("--http1.1", "1.1"), ("--http2", "2"), ("--no-alpn", "1.1")] {
                #expect(try curl(version, "--tls-max", most, choice) == "401 \(name) 0")
                let credential = "Authorization: Bearer \(token)"
                #expect(try curl(version, "--tls-max", most, choice, "--header", credential) == "200 \(name) 0")
            }
            #expect(try resolver.metric("tls_handshakes_total", "\"done\"") == 6)
        }

        @Test func `older versions of TLS, other protocols and plain HTTP are refused`() throws {
            let address = "127.0.0.1:\(port)"
            #expect(
                try output(of: "openssl", ["s_client", "-connect", address, "-tls1_1"]).contains(
                    "alert protocol version"))
            let foreign = try output(of: "openssl", ["s_client", "-connect", address, "-alpn", "h3"])
            #expect(foreign.contains("alert no application protocol"))
            let plain = try Socket.connect(to: .ipv4(port))
            try plain.send(Array("GET /resolve HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            while try !plain.receive().isEmpty {}
            for result in ["version", "no_protocol", "not_tls"] {
                #expect(try resolver.metric("tls_handshakes_total", "\"\(result)\"") == 1, "\(result)")
            }
        }

        @Test(.enabled(if: Program.inPath("h2load") != nil, "needs nghttp2-client"), arguments: [[], ["--h1"]])
        func `a crowd of connections is answered`(choice: [String]) throws {
            let said = try output(
                of: "h2load", choice + ["-n", "4000", "-c", "40", "-m", "20", "https://127.0.0.1:\(port)/resolve"])
            #expect(said.contains("4000 succeeded, 0 failed"), "\(said)")
        }

        @Test func `where a CA is named, its certificates let clients in and no others`() throws {
            let clients = try CertificateAuthority()
            let other = try CertificateAuthority().issue("other", for: "DNS:gateway")
            let right = try clients.issue("gateway", for: "DNS:gateway")
            let port = try FreePort.take()
            let strict = try Self.resolver(own, port, clients: clients)
            let url = "https://127.0.0.1:\(port)/require"
            func status(_ shown: CertificateAuthority.Issued?, _ most: String) throws -> String {
                let words = shown.map { ["--cert", $0.certificate, "--key", $0.key] } ?? []
                return try output(
                    of: "curl",
                    words + [
                        "--silent", "--cacert", authority.certificate, "--write-out", "%{response_code}", "--tls-max",
                        most,
                        url,
                    ])
            }
            for most in ["1.2", "1.3"] {
                #expect(try status(nil, most) == "000")
                #expect(try status(other, most) == "000")
                #expect(try status(right, most) == "401")
            }
            #expect(try strict.metric("tls_handshakes_total", "\"no_certificate\"") == 2)
        }

        @Test func `a certificate that was renewed is shown without a restart, and one that is wrong is not`() throws {
            func subject() throws -> String {
                let said = try output(of: "openssl", ["s_client", "-connect", "127.0.0.1:\(port)"])
                return said.split(separator: "\n").first { $0.hasPrefix("subject=") }.map(String.init) ?? said
            }
            #expect(try subject() == "subject=CN = server")
            let next = try authority.issue("next", for: "IP:127.0.0.1")
            try authority.copy(next.certificate, to: own.certificate)
            _ = try eventually("the pair that is none to be refused") {
                try resolver.metric("tls_files_refused") == 1 ? true : nil
            }
            #expect(try subject() == "subject=CN = server")
            #expect(try HTTPConnection.get(resolver.admin, "/readyz").body.contains("are not a pair"))
            try authority.copy(next.key, to: own.key)
            _ = try eventually("the new pair to be taken") {
                try resolver.metric("tls_files_refused") == 0 ? true : nil
            }
            #expect(try subject() == "subject=CN = next")
            #expect(try curl() == "401 2 0")
            #expect(!resolver.process.output.contains("PRIVATE"))
        }

        @Test func `a reload takes other files, and refuses those that can't be served by`() throws {
            let next = try authority.issue("next", for: "IP:127.0.0.1")
            func text(_ certificate: String, _ key: String) -> String {
                """
                tokens: { cache: { entries: 1 } }
                sessions: { store: memory, app_id: a, memory: { file: "\(authority.folder)/records.json" } }
                tls: { server: { cert_file: "\(certificate)", key_file: "\(key)" } }
                """
            }
            try authority.write("{}", to: authority.folder + "/records.json")
            let port = try FreePort.take()
            let resolver = try ResolverServer(
                text(own.certificate, own.key), control: true, more: "https://127.0.0.1:\(port)")
            try resolver.rewrite(text(next.certificate, own.key))
            let refused = try resolver.reload()
            #expect(
                refused.status == 1 && refused.output.contains("tls.server: ")
                    && refused.output.contains("are not a pair"))
            try resolver.rewrite(text(next.certificate, next.key))
            #expect(try resolver.reload().status == 0)
            let said = try output(of: "openssl", ["s_client", "-connect", "127.0.0.1:\(port)"])
            #expect(said.contains("subject=CN = next"))
        }

        @Test func `files that can't be served by end the start, and check says why`() throws {
            let folder = try Scratch.directory()
            let text = """
                listen: ["https://127.0.0.1:\(try FreePort.take())"]
                admin: { listen: "127.0.0.1:\(try FreePort.take())" }
                sessions: { store: memory, app_id: a, memory: { file: records.json } }
                tls: { server: { cert_file: "\(own.certificate)", key_file: "\(own.certificate)" } }
                """
            try Scratch.write("{}", to: folder + "/records.json")
            let serving = try ResolverServer.launch(text, in: folder)
            #expect(try serving.wait() == 1)
            let words = "\(own.certificate) (tls.server.key_file) holds no private key that can be read"
            #expect(serving.output.contains(words), "\(serving.output)")
            let checking = try ResolverServer.run(["check", "--config", "\(folder)/resolver.yaml"], in: folder)
            #expect(try checking.wait() == 1)
            #expect(checking.output.contains("failed tls.server: \(words)"), "\(checking.output)")
        }
    }
}
