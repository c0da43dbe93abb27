import Foundation
import Testing

extension IntegrationTests {
    /// What `/readyz` and `check` say of a Redis that answers a `PING` and has no records for us.
    @Suite struct ReadinessTests {
        /// A server that is no session store, and what is said of it.
        struct Impostor: CustomTestStringConvertible, Sendable {
            var testDescription: String
            var arguments: [String]
            /// What is typed into it.
            var commands: [[String]] = []
            /// Before the server's address in the URL.
            var credentials = ""
            var words: [String]
        }

        static let impostors = [
            Impostor(
                testDescription: "a Sentinel", arguments: ["sentinel.conf", "--sentinel"],
                words: ["refused GET for a ", "is it a Sentinel's port"]),
            Impostor(
                testDescription: "a node of a cluster without the slots", arguments: ["--cluster-enabled", "yes"],
                words: ["refused GET for a ", "CLUSTERDOWN"]),
            Impostor(
                testDescription: "a user who may not read users", arguments: [],
                commands: [
                    [
                        "ACL", "SETUSER", "u", "on", ">pw", "-@all", "+ping", "+get", "+info", "+client",
                        "~app:*:session:*",
                    ]
                ], credentials: "u:pw@", words: ["refused GET for a user's record", "NOPERM", "deploy/README.md"]),
            Impostor(
                testDescription: "a user who may not read at all", arguments: [],
                commands: [["ACL", "SETUSER", "u", "on", ">pw", "-@all", "+ping", "+info", "+client", "~*"]],
                credentials: "u:pw@", words: ["refused GET for a session's record", "NOPERM"]),
            Impostor(
                testDescription: "a server with another name for GET",
                arguments: ["--rename-command", "GET", "HIDDEN"],
                words: ["refused GET for a ", "was the command renamed?"]),
        ]

        let issuer: IssuerServer

        init() throws { issuer = try IssuerServer(keys: Mint.keySet()) }

        private func configuration(_ redis: String) -> String {
            """
            issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(issuer.keysURL)" }]
            sessions: { store: redis, app_id: my-project, redis: { url: "\(redis)" } }

            """
        }

        @Test(arguments: impostors)
        func `what answers a PING and has no records is not ready, and the reason says what to do`(impostor: Impostor)
            throws
        {
            let redis = try RedisServer(impostor.arguments)
            for words in impostor.commands { try redis.command(words) }
            let url = redis.url.replacing("redis://", with: "redis://" + impostor.credentials)
                .replacing("/0", with: "")
            let resolver = try ResolverServer(configuration(url))
            let page = try eventually("the keys to be loaded") {
                let page = try HTTPConnection.get(resolver.admin, "/readyz")
                return page.body.hasPrefix("degraded\n") && !page.body.contains(Mint.issuer) ? page : nil
            }
            #expect(page.status == 200)
            #expect(try HTTPConnection.get(resolver.admin, "/readyz?strict").status == 503)
            #expect(try resolver.metric("ready") == 1)
            let directory = try Scratch.directory()
            try Scratch.write(configuration(url), to: "\(directory)/resolver.yaml")
            let check = try ResolverServer.run(["check", "--config", "resolver.yaml"], in: directory)
            #expect(try check.wait() == 1)
            for word in impostor.words {
                #expect(page.body.contains(word), "\(page.body)")
                #expect(check.output.contains(word), "\(check.output)")
            }
            let line = check.output.split(separator: "\n").first { $0.hasPrefix("failed store redis") }
            #expect(line != nil, "\(check.output)")
        }

        @Test func `a store that has records is ready, whatever its event loops`() throws {
            let redis = try RedisServer(password: "the-password")
            let resolver = try ResolverServer("threads: 3\n" + configuration(redis.url))
            try resolver.becomeReady()
            #expect(try HTTPConnection.get(resolver.admin, "/readyz").body == "ready\n")
        }
    }
}
