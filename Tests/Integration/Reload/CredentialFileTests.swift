import Fixtures
import Testing

extension IntegrationTests {
    /// Redis' user and password from a file that changes, without a reload (contract section 7).
    @Suite struct CredentialFileTests {
        private static let session = StoredSession(id: "s1", user: "u1")

        private let redis: RedisServer
        private let file: String

        init() throws {
            redis = try RedisServer()
            try redis.add(Self.session)
            try redis.add(StoredUser(id: Self.session.user))
            file = "\(try Scratch.directory())/credentials"
            for user in ["one", "two"] {
                try redis.command("ACL", "SETUSER", user, "on", ">of-\(user)", "~*", "&*", "+@all")
            }
        }

        private func resolver(_ settings: String = "") throws -> ResolverServer {
            let url = redis.url.replacing("redis://", with: "redis://${file:\(file)}@")
            let resolver = try ResolverServer(
                "sessions: { store: redis, app_id: my-project, redis: { url: \"\(url)\" } }\n\(settings)")
            try resolver.becomeReady()
            return resolver
        }

        /// Each connection of a user, by its number.
        private func clients(of user: String) throws -> Set<Substring> {
            let lines = try redis.command("CLIENT", "LIST").split(separator: "\n")
            return Set(
                lines.map { $0.split(separator: " ") }.filter { $0.contains("user=\(user)") }
                    .flatMap { words in words.filter { $0.hasPrefix("id=") } })
        }

        private func waitForAll(as user: String, notAs former: String, _ resolver: ResolverServer) throws {
            _ = try eventually("all connections to be of \(user); the resolver wrote:\n\(resolver.process.output)") {
                try clients(of: former).isEmpty && !clients(of: user).isEmpty ? true : nil
            }
        }

        private func expectValid(_ resolver: ResolverServer) throws {
            let response = try HTTPConnection.get(resolver.ipv4, "/resolve", "Cookie: session=\(Self.session.cookie)")
            #expect(response["x-authgear-session-valid"] == "true", "\(response)")
        }

        @Test(arguments: ["", "reload: { watch: true }"])
        func `connections that stand go on as another user, whether or not the file is watched for a reload`(
            settings: String
        ) throws {
            try Scratch.write("one:of-one\n", to: file)
            let resolver = try resolver(settings)
            try expectValid(resolver)
            let before = try clients(of: "one")
            #expect(!before.isEmpty)
            try Scratch.write("two:of-two\n", to: file)
            try waitForAll(as: "two", notAs: "one", resolver)
            #expect(!before.isDisjoint(with: try clients(of: "two")), "the data connections stay")
            if !settings.isEmpty {
                _ = try eventually("the reload") { try resolver.metric("config_generation") == 2 ? true : nil }
            }
            #expect(!before.isDisjoint(with: try clients(of: "two")), "a reload leaves them, too")
            try expectValid(resolver)
            #expect(!resolver.process.output.contains("of-two"))
        }

        @Test func `a connection that is made reads the file, and one that can't be used is told of`() throws {
            try Scratch.write("one:of-one\n", to: file)
            let resolver = try resolver()
            try Scratch.write("two:of-two\n", to: file)
            try redis.command("CLIENT", "KILL", "USER", "one")
            try waitForAll(as: "two", notAs: "one", resolver)
            try Scratch.write("@\n", to: file)
            _ = try eventually("a line about the file; the resolver wrote:\n\(resolver.process.output)") {
                resolver.process.output.contains("user and password of redis were not read again") ? true : nil
            }
            try expectValid(resolver)
        }
    }
}
