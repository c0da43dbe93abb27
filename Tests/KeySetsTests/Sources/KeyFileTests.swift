import Foundation
import KeySets
import Testing
import Trust

struct KeyFileTests {
    private func fetch(_ path: String, since stamp: FileStamp? = nil) async throws(FetchFailure) -> Fetched {
        try await KeyFetcher.patient().fetch(
            KeySource(issuer: "i", location: .file(path)), since: stamp)
    }

    @Test func `a file is read once, and again when it changed`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(jwks(["a"]), to: "jwks.json", secondsAgo: 100)
        guard case .keys(let first) = try await fetch(folder.path("jwks.json")) else { throw Surprise() }
        #expect(first.set.kids == ["a"])
        guard case .untouched = try await fetch(folder.path("jwks.json"), since: first.stamp) else { throw Surprise() }
        try folder.write(jwks(["b"]), to: "jwks.json", secondsAgo: 90)
        guard case .keys(let second) = try await fetch(folder.path("jwks.json"), since: first.stamp) else {
            throw Surprise()
        }
        #expect(second.set.kids == ["b"])
    }

    @Test func `a link that was turned to another file is a change`() async throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] { try folder.write(jwks([name]), to: name) }
        let link = folder.path("jwks.json")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path("a"))
        guard case .keys(let first) = try await fetch(link) else { throw Surprise() }
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path("b"))
        guard case .keys(let second) = try await fetch(link, since: first.stamp) else { throw Surprise() }
        #expect(second.set.kids == ["b"])
    }

    @Test func `a file that was written this moment is read again`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(jwks(["a"]), to: "jwks.json", secondsAgo: 0)
        guard case .keys(let first) = try await fetch(folder.path("jwks.json")) else { throw Surprise() }
        #expect(first.stamp == nil, "its times may not tell of the next change")
    }

    @Test func `what is no readable file is refused with its reason`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: " ", count: 512 * 1_024 + 1), to: "large")
        try folder.write("{", to: "half")
        let made = unsafe mkfifo(folder.path("fifo"), 0o600)
        #expect(made == 0)
        for (name, reason) in [
            ("none", "the file can't be read: no such file"), ("large", "the answer is larger than 512 KiB"),
            ("half", "the key set is not JSON"), ("fifo", "the path is not a regular file"),
            ("", "the path is not a regular file"),
        ] {
            let failure = await #expect(throws: FetchFailure.self) { try await fetch(folder.path(name)) }
            #expect(failure.map { "\($0)" } == reason)
        }
    }
}
