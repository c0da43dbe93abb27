import Foundation
import Testing

extension IntegrationTests {
    /// The files that `gateway NAME` prints for a configuration with headers and policies of its own, by the real programs.
    @Suite(.enabled(if: GatewayProgram.missing.isEmpty, GatewayProgram.reason))
    struct PrintedGatewayTests {
        /// As many names as there may be, as long as they may be.
        private static let long = (10..<25).map { "x-\(String(repeating: "long-", count: 11))name\($0): name" }
            .joined(separator: ", ")

        private static func configuration(_ program: GatewayProgram) throws -> String {
            """
            issuers:
              - issuer: "\(Mint.issuer)"
                audiences: ["\(Mint.audience)"]
                jwks_uri: "\(try GatewayStage.shared.get().issuer.keysURL)"
                headers: { x-user-email: email, \(long) }
            policies: { admin: { roles: [stock.edit] }, nobody: { scopes: [none] } }
            \(program.configuration)

            """
        }

        /// What a gateway is called on the command line.
        private static func name(_ program: GatewayProgram) -> String {
            String(program.folder.split(separator: "/").last ?? "")
        }

        private static func print(for program: GatewayProgram, _ text: String) throws -> [String: String] {
            let folder = try Scratch.directory()
            let addresses = "\"127.0.0.1:4180\"" + (program.asksByCalls ? ", \"grpc://127.0.0.1:4182\"" : "")
            try Scratch.write("listen: [\(addresses)]\n" + text, to: "\(folder)/resolver.yaml")
            let output = "\(folder)/out"
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
            let command = try ResolverServer.run(
                ["gateway", name(program), "--config", "resolver.yaml", "--output", output], in: folder)
            #expect(try command.wait() == 0, "\(command.output)")
            var files: [String: String] = [:]
            for path in try FileManager.default.subpathsOfDirectory(atPath: output) {
                // Where they are is said in some of them.
                let text = try? Scratch.read("\(output)/\(path)")
                #expect(text?.contains("\(program.folder)/") != true, "\(path)")
                files[path] = text?.replacing(output, with: program.folder)
            }
            return files
        }

        /// A resolver with a configuration, and the gateway in front of it with what is printed for that.
        private static func stand(
            _ program: GatewayProgram, _ text: String
        ) throws -> (resolver: ResolverServer, gateway: RunningGateway) {
            let files = try print(for: program, text)
            #expect(!files.isEmpty)
            let resolver = try ResolverServer(text, calls: program.asksByCalls ? [""] : [], level: "info")
            try resolver.becomeReady()
            let gateway = try RunningGateway(
                program, resolver: resolver.calls.first ?? resolver.ipv4,
                backend: GatewayStand.shared.get().backend.server.address, files: files)
            return (resolver, gateway)
        }

        private static func token() throws -> String {
            "Authorization: Bearer \(try Mint.token(["email": Mint.quote("u@b.example")]))"
        }

        /// The names that policies and an assertion answer under, however a backend may read them.
        private static func further(_ response: Response) throws -> [String]? {
            try ArrivedRequest(response)?.fields.filter {
                let name = $0.name.lowercased().replacing(/[^a-z0-9]/, with: "-")
                return !$0.value.isEmpty && name.hasPrefix("x-authgear-")
                    && ["allowed", "refused", "assertion"].contains(where: name.hasSuffix)
            }.map(\.name)
        }

        @Test(arguments: GatewayProgram.running.filter { $0.edits.isEmpty })
        func `what no answer of the configuration says can't be said by a client`(program: GatewayProgram) throws {
            let text = try Self.configuration(program).replacing(/\npolicies: .*/, with: "")
            let (resolver, gateway) = try Self.stand(program, text)
            defer { withExtendedLifetime(resolver) {} }
            let token = try Self.token()
            let spoofs = ["allowed", "refused", "assertion"].flatMap { name in
                ["x-authgear-\(name): true", "X_Authgear-\(name.capitalized): true", "x.authgear_\(name): true"]
            }
            for path in ["/", "/account/", "/public/"] {
                let response = try gateway.get(path, spoofs + [token])
                #expect(try Self.further(response) == [], "\(path)")
                #expect(try Self.emails(response) == (path == "/public/" ? [] : ["u@b.example"]), "\(path)")
            }
        }

        @Test func `a folder without a name is refused`() throws {
            let folder = try Scratch.directory()
            try Scratch.write("listen: [\"127.0.0.1:4180\"]", to: "\(folder)/resolver.yaml")
            let command = try ResolverServer.run(
                ["gateway", "nginx", "--config", "resolver.yaml", "--output", ""], in: folder)
            #expect(try command.wait() == 64)
            #expect(command.output.contains("--output: the folder has no name"))
        }

        /// The values that a backend may take for the header's.
        private static func emails(_ response: Response) throws -> [String]? {
            try ArrivedRequest(response)?.fields.filter {
                $0.name.lowercased().replacing(/[^a-z0-9]/, with: "-") == "x-user-email" && !$0.value.isEmpty
            }.map(\.value)
        }

        @Test(arguments: GatewayProgram.running.filter { $0.edits.isEmpty })
        func `headers of the configuration are set and cleared, and each policy has its place`(program: GatewayProgram)
            throws
        {
            let (resolver, gateway) = try Self.stand(program, Self.configuration(program))
            defer { withExtendedLifetime(resolver) {} }
            let token = try Self.token()
            let spoofs = [
                "x-user-email", "X_User_Email", "X-User_email", "X_user-Email", "X.User.Email", "x~user|email",
                "x*user-email", "x-user*email",
            ].map { "\($0): spoofed" }
            #expect(try Self.emails(gateway.get("/", [token] + spoofs)) == ["u@b.example"])
            #expect(try Self.emails(gateway.get("/account/", spoofs + [token])) == ["u@b.example"])
            #expect(try Self.emails(gateway.get("/", spoofs)) == [])
            let hop = try gateway.get("/", [token, "Connection: x-user-email"])
            #expect(try hop.status == 400 || Self.emails(hop) == ["u@b.example"])
            #expect(try Self.emails(gateway.get("/public/", spoofs + [token])) == [])
            let hasPlaces = Self.name(program) != "nginx" && program.otherFolders.isEmpty
            for (path, status) in [("/policies/admin/", 200), ("/policies/nobody/", 403)] where hasPlaces {
                #expect(try gateway.get(path, [token]).status == status, "\(path)")
            }
        }
    }
}
