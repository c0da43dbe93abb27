import Bytes
import Fixtures
import JOSE
import KeySets
import Testing

/// The text of a snapshot, and which of its sets are taken.
@Suite struct KeySnapshotTests {
    private static let issuer = KeySource(
        issuer: "https://a.test", location: .uri("https://a.test/jwks?tenant=1"))
    private static let found = KeySource(issuer: "https://b.test/", location: .discovery)
    private static let file = KeySource(issuer: "c \"quoted\" \u{1}", location: .file("/keys.json"))
    private static let claimants = [issuer, found, file].map { KeySnapshot.Claimant($0, leeway: .seconds(10)) }
    /// The steady clock began an hour before.
    private static let now = Moment(
        steady: 3_600_000_000_000, timestamp: Timestamp(microseconds: 1_800_000_000_500_000))
    private static let day = Duration.seconds(86_400)
    private static let keys = jwks(["k"])

    private static func set(
        of source: KeySource = issuer, age: Int64 = 60, jwks: String = keys, name: String? = nil, from: String? = nil
    ) -> KeptSet {
        KeptSet(
            issuer: Array((name ?? source.issuer).utf8), source: Array((from ?? source.name).utf8),
            confirmedAt: Timestamp(seconds: 1_800_000_000 - age), jwks: Array(jwks.utf8))
    }

    private static func take(_ sets: [KeptSet]) throws(SnapshotFault) -> KeySnapshot.Taking {
        try read(KeySnapshot.text(of: sets).bytes).taken(by: claimants, maxStale: day, now: now)
    }

    private static func read(_ text: [UInt8]) throws(SnapshotFault) -> KeySnapshot {
        try KeySnapshot(text.span.bytes)
    }

    /// A text with its digest in order.
    private static func text(issuers: String, format: String = "1") -> String {
        let digest = SHA256Digest(of: Array(issuers.utf8).span.bytes).hex
        return "{\"format\":\(format),\"sha256\":\"\(digest)\",\"issuers\":\(issuers)}"
    }

    private static func fault(of text: [UInt8]) -> SnapshotFault? {
        do throws(SnapshotFault) {
            _ = try read(text)
            return nil
        } catch { return error }
    }

    @Test func `the text is that of format 1, with the digest of the bytes of its list`() throws {
        let (bytes, leftOut) = KeySnapshot.text(of: [Self.set(jwks: #"{"keys":[]}"#)])
        let list =
            #"[{"issuer":"https://a.test","source":"https://a.test/jwks?tenant=1","confirmed_at":1799999940,"jwks":{"keys":[]}}]"#
        #expect(leftOut == 0)
        #expect(String(decoding: bytes, as: UTF8.self) == Self.text(issuers: list) + "\n")
    }

    @Test func `what was kept is taken, from wherever it came`() throws {
        // The text as it came: with spaces, and deeper than is read.
        let spaced = " { \"keys\" : \(Self.keys.dropFirst(8)) \n"
        let sets = [
            Self.set(), Self.set(of: Self.found, age: 0, jwks: spaced), Self.set(of: Self.file, age: 86_399),
        ]
        let taking = try Self.take(sets)
        #expect(taking.faults.isEmpty)
        #expect(taking.sets.map(\.source) == [Self.issuer, Self.found, Self.file])
        #expect(taking.sets.map(\.set.kids) == [["k"], ["k"], ["k"]])
        #expect(taking.sets.map(\.confirmedAt.timestamp) == sets.map(\.confirmedAt))
        #expect(String(decoding: taking.sets[0].jwks, as: UTF8.self) == Self.keys)
        // Half a second of the civil clock is more than a whole one that was written; before the steady clock began, too.
        let ages = taking.sets.map { Self.now.steady - $0.confirmedAt.steady }
        #expect(ages == [60_500_000_000, 500_000_000, 86_399_500_000_000])
    }

    @Test(arguments: ["1799999940", "1.79999994e9", "1799999940.0", "1799999940.999", "179999994E1"])
    func `the moment may be written as any number`(moment: String) throws {
        let list =
            "[{\"issuer\":\"https://a.test\",\"source\":\"\(Self.issuer.name)\",\"confirmed_at\":\(moment),\"jwks\":\(Self.keys)}]"
        let snapshot = try Self.read(Array(Self.text(issuers: list).utf8))
        let taking = snapshot.taken(by: Self.claimants, maxStale: Self.day, now: Self.now)
        #expect(taking.sets.map(\.confirmedAt.timestamp.seconds) == [1_799_999_940])
    }

    @Test func `a set whose depth its own reader allows is taken`() throws {
        let deep = String(repeating: "[", count: 30) + String(repeating: "]", count: 30)
        let taking = try Self.take([Self.set(jwks: "{\"x\":\(deep)," + Self.keys.dropFirst())])
        #expect(taking.sets.count == 1)
    }

    @Test(arguments: [
        ("other identifier", set(name: "https://a.test/"), KeptSetFault.otherIssuer),
        ("other source", set(from: "https://a.test/jwks"), .otherSource),
        ("in the future", set(age: -11), .inFuture), ("in the far future", set(age: -.max / 2), .inFuture),
        ("too old", set(age: 86_400), .tooOld), ("of the year zero", set(age: .max / 2), .tooOld),
        ("no keys", set(jwks: #"{"keys":[]}"#), .keys(.noUsableKey([]))),
        ("no set", set(jwks: "{}"), .keys(.notAKeySet)),
        ("two sets", set(jwks: #"{"keys":[],"keys":[]}"#), .keys(.keysTwice)),
        ("too long", set(jwks: "{\"x\":\"\(String(repeating: "x", count: 512 << 10))\"}"), .keys(.tooLong)),
    ])
    func `a set that may not be used is not taken, and the others are`(
        _ name: String, _ set: KeptSet, _ fault: KeptSetFault
    ) throws {
        let taking = try Self.take([set, Self.set(of: Self.found)])
        #expect(taking.sets.map(\.source) == [Self.found], "\(name)")
        #expect(taking.faults.map(\.fault) == [fault], "\(name)")
        #expect(taking.faults[0].issuer == String(printable: set.issuer))
    }

    @Test func `a clock that was ahead within leeway makes a set no younger than new`() throws {
        let taking = try Self.take([Self.set(age: -10)])
        #expect(taking.sets.map(\.confirmedAt.steady) == [Self.now.steady])
        #expect(taking.sets.map(\.confirmedAt.timestamp) == [Self.now.timestamp])
    }

    @Test func `a set that is there twice is taken once`() throws {
        let taking = try Self.take([Self.set(), Self.set(age: 5)])
        #expect(taking.sets.map(\.confirmedAt.timestamp.seconds) == [1_799_999_940])
        #expect(taking.faults.map(\.fault) == [.twice])
    }

    @Test(arguments: [
        ("nothing", "", SnapshotFault.torn),
        ("torn", String(text(issuers: "[]").dropLast()), .torn),
        ("torn in a string", "{\"format\":1,\"sha256\":\"ab", .torn),
        ("no JSON", "format: 1", .notJSON),
        ("two texts", text(issuers: "[]") + "{}", .notJSON),
        ("an array", "[]", .notASnapshot), ("another object", #"{"keys":[]}"#, .notASnapshot),
        ("no digest", #"{"format":1,"issuers":[]}"#, .notASnapshot),
        ("no list", #"{"format":1,"sha256":""}"#, .notASnapshot),
        ("two formats", "{\"format\":1," + text(issuers: "[]").dropFirst(), .notASnapshot),
        ("two lists", "{\"issuers\":[]," + text(issuers: "[]").dropFirst(), .notASnapshot),
        ("another format", text(issuers: "[]", format: "2"), .format),
        ("a format that is text", text(issuers: "[]", format: "\"1\""), .notASnapshot),
        ("another digest", text(issuers: "[]").replacing("[]", with: "[ ]"), .digest),
        ("no digest at all", #"{"format":1,"sha256":"","issuers":[]}"#, .digest),
        ("a list that is an object", text(issuers: "{}"), .notASnapshot),
        ("an element that is none", text(issuers: "[1]"), .notASnapshot),
        ("a set without keys", text(issuers: #"[{"issuer":"a","source":"b","confirmed_at":1}]"#), .notASnapshot),
        (
            "keys that are text", text(issuers: #"[{"issuer":"a","source":"b","confirmed_at":1,"jwks":"{}"}]"#),
            .notASnapshot
        ),
        (
            "a time that is text", text(issuers: #"[{"issuer":"a","source":"b","confirmed_at":"1","jwks":{}}]"#),
            .notASnapshot
        ),
        (
            "two identifiers",
            text(issuers: #"[{"issuer":"a","issuer":"c","source":"b","confirmed_at":1,"jwks":{}}]"#), .notASnapshot
        ),
        ("too large", text(issuers: "[]") + String(repeating: " ", count: 8 << 20), .tooLarge),
    ])
    func `a text that is no snapshot is not taken`(_ name: String, _ text: String, _ fault: SnapshotFault) {
        #expect(Self.fault(of: Array(text.utf8)) == fault, "\(name)")
    }

    @Test func `every beginning of a text is torn, and every change of its list is seen`() {
        let text = Array(KeySnapshot.text(of: [Self.set(jwks: #"{"keys":[{"a":1}]}"#)]).bytes.dropLast())
        for length in 0..<text.count {
            #expect(Self.fault(of: Array(text[..<length])) == .torn)
        }
        let start = String(decoding: text, as: UTF8.self).firstRange(of: "[{").map { range in
            String(decoding: text, as: UTF8.self)[..<range.lowerBound].utf8.count
        }
        for place in (start ?? 0)..<text.count - 1 {
            var changed = text
            changed[place] ^= 1
            #expect(Self.fault(of: changed) != nil)
        }
    }

    @Test func `what is beyond 8 MiB is left out, and the rest can be read`() throws {
        let large = "{\"x\":\"\(String(repeating: "x", count: 500 << 10))\"}"
        let sets = (0..<20).map { Self.set(jwks: large, name: "\($0)") } + [Self.set()]
        let (bytes, leftOut) = KeySnapshot.text(of: sets)
        #expect(bytes.count <= KeySnapshot.maximumBytes && bytes.count > 7 << 20)
        let read = try Self.read(bytes).sets
        #expect(read.count + leftOut == sets.count && leftOut > 0)
        #expect(read.last == sets.last, "a small one has room behind large ones that have none")
    }

    @Test(arguments: [
        (SnapshotFault.symbolicLink, "link"), (.notAFile, "regular"), (.notOurs(7), "user (7)"), (.open(0o640), "0640"),
        (.openFolder(0o1777), "01777"), (.othersFolder(7), "directory belongs"), (.unreadable("why"), "why"),
        (.tooLarge, "8 MiB"), (.torn, "ends"), (.notJSON, "JSON"), (.notASnapshot, "no snapshot"),
        (.format, "format"), (.digest, "sha256"),
    ])
    func `a person is told what is wrong`(_ fault: SnapshotFault, _ words: String) {
        #expect("\(fault)".contains(words))
    }
}
