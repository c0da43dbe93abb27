import AuthgearResolver
import Bytes
import Fixtures
import Foundation
import JOSE
import KeySets
import Telemetry
import Testing

/// The file in which keys outlive the process: who may have written it, and what comes of one that is bad.
@Suite(.timeLimit(.minutes(5))) struct KeySnapshotFileTests {
    private static let now = Moment(steady: 1_000_000_000_000, timestamp: Timestamp(seconds: 1_800_000_000))
    private static let claimant = KeySnapshot.Claimant(
        KeySource(issuer: "https://a.test", location: .uri("https://a.test/jwks")), leeway: .zero)

    private static func sets(age: Int64 = 60, issuer: String = "https://a.test") -> [KeptSet] {
        let keys = SigningKey.jwks(of: [TestKeys.key(.es256)])
        return [
            KeptSet(
                issuer: Array(issuer.utf8), source: Array("https://a.test/jwks".utf8),
                confirmedAt: Timestamp(seconds: 1_800_000_000 - age), jwks: keys)
        ]
    }

    /// A folder of our own with a good snapshot in it, and the log of who reads it.
    private struct Stage {
        let folder = TemporaryDirectory()
        let log = TestLog()
        var path: String { "\(folder.path)/keys.json" }

        init(_ sets: [KeptSet]? = nil) throws {
            try set(mode: 0o700, of: folder.path)
            try Data(KeySnapshot.text(of: sets ?? KeySnapshotFileTests.sets()).bytes).write(to: URL(filePath: path))
            try set(mode: 0o600, of: path)
        }

        func set(mode: Int, of path: String) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }

        var file: KeySnapshotFile { KeySnapshotFile(path: path, log: LimitedLog(log.logger)) }

        func read() -> Int {
            file.read(for: [claimant], maxStale: .seconds(86_400), now: now).count
        }

        /// Expects that nothing is taken, and that one line says why.
        func expectRefused(_ words: String, _ location: SourceLocation = #_sourceLocation) {
            #expect(read() == 0, sourceLocation: location)
            #expect(log.lines.count == 1, sourceLocation: location)
            #expect(
                log.lines.first?.hasPrefix("warning keys of the snapshot are not taken reason=\(path): ") == true
                    && log.lines.first?.contains(words) == true, "\(log.lines)", sourceLocation: location)
        }
    }

    @Test func `what is ours alone is taken, and told`() throws {
        let stage = try Stage()
        #expect(stage.read() == 1)
        #expect(stage.log.lines == ["info keys taken from the snapshot age=60 count=1 issuer=https://a.test"])
    }

    @Test func `no file is nothing to talk about`() throws {
        let stage = try Stage()
        try FileManager.default.removeItem(atPath: stage.path)
        #expect(stage.read() == 0 && stage.log.lines == [])
        let nowhere = KeySnapshotFile(path: "/nowhere/at/all/keys.json", log: LimitedLog(stage.log.logger))
        #expect(nowhere.read(for: [Self.claimant], maxStale: .seconds(1), now: Self.now).isEmpty)
        #expect(stage.log.lines == [])
    }

    @Test func `a symbolic link is not followed`() throws {
        let stage = try Stage()
        try FileManager.default.moveItem(atPath: stage.path, toPath: stage.path + ".there")
        try FileManager.default.createSymbolicLink(atPath: stage.path, withDestinationPath: stage.path + ".there")
        stage.expectRefused("it is a symbolic link")
    }

    @Test func `a directory in its place is no file`() throws {
        let stage = try Stage()
        try FileManager.default.removeItem(atPath: stage.path)
        try FileManager.default.createDirectory(atPath: stage.path, withIntermediateDirectories: false)
        stage.expectRefused("it is not a regular file")
    }

    @Test func `a file of another user is not taken`() throws {
        let stage = try Stage()
        if geteuid() == 0 {
            try FileManager.default.setAttributes([.ownerAccountID: 12_345], ofItemAtPath: stage.path)
            stage.expectRefused("it belongs to another user (12345)")
        } else {
            // One that is root's.
            #expect(throws: SnapshotFault.notOurs(0)) { () throws in
                _ = try PrivateFile.contents(of: "/etc/passwd", limit: 1 << 20)
            }
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o666])
    func `a file that others may read or write is not taken`(
        mode: Int
    ) throws {
        let stage = try Stage()
        try stage.set(mode: mode, of: stage.path)
        stage.expectRefused("others than its owner may read or write it (mode 0\(String(mode, radix: 8)))")
    }

    @Test(arguments: [0o601, 0o710, 0o711, 0o400]) func `one that others can neither read nor write is taken`(
        mode: Int
    ) throws {
        let stage = try Stage()
        try stage.set(mode: mode, of: stage.path)
        #expect(stage.read() == 1)
    }

    @Test(arguments: [0o770, 0o702, 0o1777]) func `nor one in a directory that others can write`(mode: Int) throws {
        let stage = try Stage()
        try stage.set(mode: mode, of: stage.folder.path)
        stage.expectRefused("others may write in its directory (mode 0\(String(mode, radix: 8)))")
    }

    @Test(.enabled(if: geteuid() == 0)) func `nor one in another user's directory`() throws {
        let stage = try Stage()
        try FileManager.default.setAttributes([.ownerAccountID: 12_345], ofItemAtPath: stage.folder.path)
        stage.expectRefused("its directory belongs to another user (12345)")
    }

    @Test(arguments: [
        ("torn", "it ends in the middle"), ("digest", "it was changed"), ("format", "its format is not 1"),
        ("text", "it is not JSON"), ("object", "it is JSON, and no snapshot of keys"), ("large", "larger than 8 MiB"),
    ])
    func `a file that holds something else is not taken`(kind: String, words: String) throws {
        let stage = try Stage()
        let good = String(decoding: KeySnapshot.text(of: Self.sets()).bytes, as: UTF8.self)
        let bad =
            switch kind {
            case "torn": String(good.prefix(good.count / 2))
            case "digest": good.replacing("https://a.test", with: "https://b.test")
            case "format": good.replacing("\"format\":1", with: "\"format\":2")
            case "text": "keys"
            case "object": "{}"
            default: good + String(repeating: " ", count: 8 << 20)
            }
        try Data(bad.utf8).write(to: URL(filePath: stage.path))
        stage.expectRefused(words)
    }

    @Test func `sets that are not taken are named in one line`() throws {
        let sets = Self.sets(age: -1) + (0..<4).flatMap { Self.sets(issuer: "https://\($0).test\n") }
        let stage = try Stage(sets)
        stage.expectRefused(
            """
            issuer "https://a.test": its confirmed_at is in the future; issuer "https://0.test?": no issuer of the configuration is \
            called so; issuer "https://1.test?": no issuer of the configuration is called so; and 2 more
            """)
    }

    @Test func `what is written is ours alone, and is what is read`() async throws {
        let stage = try Stage()
        // As it was left behind by a process that was killed, of this number; and another file in the place of ours.
        let leftBehind = "\(stage.path).new.\(getpid())"
        try Data("half".utf8).write(to: URL(filePath: leftBehind))
        try stage.set(mode: 0o644, of: stage.path)
        let before = try FileManager.default.attributesOfItem(atPath: stage.path)[.systemFileNumber] as? Int
        stage.file.keep(Self.sets(age: 5))
        try await waitUntil {
            try FileManager.default.attributesOfItem(atPath: stage.path)[.systemFileNumber] as? Int != before
        }
        let mode = try FileManager.default.attributesOfItem(atPath: stage.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(!FileManager.default.fileExists(atPath: leftBehind))
        #expect(stage.read() == 1)
        #expect(stage.log.lines == ["info keys taken from the snapshot age=5 count=1 issuer=https://a.test"])
    }

    @Test func `the last that is to be kept is what is there in the end`() async throws {
        let stage = try Stage()
        let file = stage.file
        for age in (0..<100).reversed() { file.keep(Self.sets(age: Int64(age))) }
        try await waitUntil {
            let taking = try KeySnapshotFile.taking(
                from: stage.path, for: [Self.claimant], maxStale: .seconds(86_400), now: Self.now)
            return taking?.sets.first?.confirmedAt.timestamp == Self.now.timestamp
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: stage.folder.path).filter { $0.hasSuffix("json") } == [
                "keys.json"
            ])
    }

    @Test func `where it can't be written, that is told`() async throws {
        let log = TestLog()
        KeySnapshotFile(path: "/nowhere/at/all/keys.json", log: LimitedLog(log.logger)).keep(Self.sets())
        await log.line(with: "keys could not be written to the snapshot")
        #expect(
            log.lines == [
                "warning keys could not be written to the snapshot reason=/nowhere/at/all/keys.json: it can't be written: no such file or directory"
            ])
    }
}
