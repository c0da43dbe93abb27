import AuthgearResolver
import Foundation
import Redis
import Testing
import Worker

/// Redis' users and passwords that come from files, read again (contract section 7).
@Suite struct RedisCredentialTextsTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "texts-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    private func redis(_ settings: String) throws -> Configuration.Redis {
        let text = "sessions: { store: redis, app_id: a, redis: { \(settings) } }"
        let file = ConfigurationFile(path: "\(folder)/resolver.yaml") { name in name == "USER" ? "u" : nil }
        guard case .redis(let redis) = try file.parse(text).sessions.store else { throw CancellationError() }
        return redis
    }

    private func credentials(_ user: String, _ password: String) -> RedisCredentials {
        RedisCredentials(user: Array(user.utf8), password: Array(password.utf8))
    }

    @Test func `what the environment gave stays, and what the file holds is read again`() throws {
        try write("first\n", to: "password")
        let redis = try redis("url: \"redis://${USER}:${file:password}@h/0\"")
        let texts = try #require(redis.credentialTexts)
        #expect(texts.files == ["\(folder)/password"])
        #expect(try texts.read(for: redis.address) == StoreCredentials(servers: credentials("u", "first")))
        try write("sec%2Fond\r\n", to: "password")
        #expect(try texts.read(for: redis.address) == StoreCredentials(servers: credentials("u", "sec/ond")))
    }

    @Test func `the Sentinels' own are read by themselves`() throws {
        try write("first", to: "password")
        let redis = try redis(
            "url: \"redis-sentinel://h/m\", sentinel: { user: s, password: \"${file:\(folder)/password}\" }")
        let texts = try #require(redis.credentialTexts)
        try write("second", to: "password")
        #expect(try texts.read(for: redis.address) == StoreCredentials(sentinels: credentials("s", "second")))
    }

    @Test func `what is written in the configuration is another one when it changes, what files hold is not`() throws {
        let url = "url: \"redis-sentinel://:old@h/m\""
        let sentinel = { (user: String, password: String) in "sentinel: { user: \(user), password: \"\(password)\" }" }
        let file = "${file:\(folder)/password}"
        try write("first", to: "password")
        let before = try redis("\(url), \(sentinel("s", file))")
        let ofFile = try redis("url: \"redis-sentinel://:\(file)@h/m\", \(sentinel("s", "p"))")
        try write("second", to: "password")
        #expect(try before.isSame(as: redis("\(url), \(sentinel("s", file))")))
        #expect(try !before.isSame(as: redis("\(url.replacing("old", with: "new")), \(sentinel("s", file))")))
        #expect(try !before.isSame(as: redis("\(url), \(sentinel("t", file))")))
        #expect(try ofFile.isSame(as: redis("url: \"redis-sentinel://:\(file)@h/m\", \(sentinel("s", "p"))")))
        #expect(try !ofFile.isSame(as: redis("url: \"redis-sentinel://:\(file)@h/m\", \(sentinel("s", "q"))")))
        #expect(try !ofFile.isSame(as: redis("url: \"redis-sentinel://:\(file)@h/m\", \(sentinel("t", "p"))")))
    }

    @Test(arguments: [
        ("redis://:p@h/0", "redis"), ("valkeys://h", "rediss"), ("unix:///run/redis.sock", "unix"),
        ("redis-sentinel://h/m", "redis-sentinel"), ("rediss-sentinel://h,i/m", "rediss-sentinel"),
    ])
    func `the status page names the form of the URL`(_ url: String, _ form: String) throws {
        #expect(try Configuration.Store.redis(redis("url: \"\(url)\"")).form == form)
    }

    @Test func `without a file there is nothing to read again`() throws {
        #expect(try redis("url: \"redis://${USER}:p@h\"").credentialTexts == nil)
    }

    @Test(arguments: [
        ("redis://u:p@other/0", "names another server with what its files hold, which takes a reload"),
        ("redis://u:p@h/1", "names another server"), ("nothing", "is no Redis URL with what its files hold"),
        ("redis://u:@h/0", "has an empty password"),
    ])
    func `what can't be used is said, without the text`(_ url: String, _ words: String) throws {
        try write("redis://u:hunter2@h/0", to: "url")
        let redis = try redis("url: \"${file:url}\"")
        let texts = try #require(redis.credentialTexts)
        #expect(try texts.read(for: redis.address).servers == credentials("u", "hunter2"))
        try write(url, to: "url")
        let problem = #expect(throws: FileTextError.self) { try texts.read(for: redis.address) }
        #expect(problem?.description.contains(words) == true && problem?.description.contains("u:") == false)
    }

    @Test func `a file that is gone is said`() throws {
        try write("p", to: "password")
        let redis = try redis("url: \"redis://:${file:password}@h\"")
        let texts = try #require(redis.credentialTexts)
        try FileManager.default.removeItem(atPath: "\(folder)/password")
        let problem = #expect(throws: FileTextError.self) { try texts.read(for: redis.address) }
        #expect(problem?.description.contains("needs the file \(folder)/password: no such file") == true)
    }
}
