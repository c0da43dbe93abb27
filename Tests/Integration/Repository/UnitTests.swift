import Foundation
import Testing

extension IntegrationTests {
    /// The units of systemd under `deploy/`.
    @Suite struct UnitTests {
        private func unit(_ name: String) throws -> String {
            try Scratch.read("\(Program.repository)/deploy/systemd/\(name)")
        }

        @Test func `the unit for several resolvers is the one for one, but for what is each one's own`() throws {
            let own = [
                ("Description=authgear-resolver,", "Description=authgear-resolver %i,"),
                ("/etc/authgear-resolver/resolver.yaml", "/etc/authgear-resolver/%i.yaml"),
                ("authgear-resolver.service/redis-password", "authgear-resolver@<name>.service/redis-password"),
                ("=-/etc/authgear-resolver/environment", "=-/etc/authgear-resolver/%i.environment"),
                (":/etc/authgear-resolver/redis-password", ":/etc/authgear-resolver/%i.redis-password"),
                ("RuntimeDirectory=authgear-resolver\n", "RuntimeDirectory=authgear-resolver-%i\n"),
                ("/var/lib/authgear-resolver.\n", "/var/lib/authgear-resolver-%i.\n"),
                ("StateDirectory=authgear-resolver\n", "StateDirectory=authgear-resolver-%i\n"),
            ]
            var expected = try unit("authgear-resolver.service")
            for (one, several) in own {
                #expect(expected.contains(one))
                expected = expected.replacing(one, with: several)
            }
            #expect(try unit("authgear-resolver@.service") == expected)
        }

        /// A tool of systemd's, which a container may not have; then there is nobody to ask.
        private static let verifier = "/usr/bin/systemd-analyze"

        @Test(arguments: ["authgear-resolver.service", "authgear-resolver@.service", "authgear-resolver.socket"])
        func `systemd takes it`(name: String) throws {
            guard FileManager.default.isExecutableFile(atPath: Self.verifier) else { return }
            let directory = try Scratch.directory()
            let text = try unit(name).replacing("/usr/bin/authgear-resolver", with: try #require(Program.resolver))
            try Scratch.write(text, to: "\(directory)/\(name)")
            let file = name.replacing("@.", with: "@second.")
            if name.hasSuffix(".socket") {
                let service = name.replacing(".socket", with: ".service")
                try Scratch.write(
                    unit(service).replacing("/usr/bin/authgear-resolver", with: try #require(Program.resolver)),
                    to: "\(directory)/\(service)")
            }
            let verification = try ChildProcess(
                Self.verifier, ["verify", "--man=no", "--recursive-errors=no", "\(directory)/\(file)"], in: directory)
            #expect(try verification.wait() == 0)
            #expect(verification.output == "")
        }
    }
}
