import Authentication
import Bytes
import Fixtures
import Redis
import Telemetry
import Testing
import Worker

@Suite struct `Memory store` {
    private static func ask(_ store: MemoryStore, _ key: String, as kind: RecordQuery.Kind = .session) -> String {
        store.lookUp(RecordQuery(kind: kind, key: Array(key.utf8))).summary
    }

    private static func store(_ file: String, log: TestLog = TestLog()) throws -> MemoryStore {
        MemoryStore(try MemoryRecords(file: Array(file.utf8).span.bytes), log: LimitedLog(log.logger))
    }

    @Test func `records of a file are found, missing or unreadable, at once`() throws {
        let store = try Self.store(
            "{\"app:a:session:s\": \(RecordReply.session(of: "u1", at: "app:a:session:s")), \"junk\": [1]}")
        #expect(Self.ask(store, "app:a:session:s") == "found u1")
        #expect(Self.ask(store, "app:a:session:s") == "found u1")
        #expect(Self.ask(store, "none") == "missing")
        #expect(Self.ask(store, "junk") == "unreadable notJSON")
        #expect(store.figures[.session, .found] == 2)
        #expect(store.figures[.session, .missing] == 1)
        #expect(store.figures[.session, .unreadable] == 1)
    }

    @Test func `a key is what its escapes stand for`() throws {
        let store = try Self.store("{\"a\\u0070p\": \(RecordReply.session(of: "u1", at: "app"))}")
        #expect(Self.ask(store, "app") == "found u1")
    }

    @Test func `one record can be good as one kind and not as another`() throws {
        let store = try Self.store("{\"k\": \(RecordReply.session(of: "u1", at: "k"))}")
        #expect(Self.ask(store, "k", as: .session) == "found u1")
        #expect(Self.ask(store, "k", as: .user) != "found u1")
        #expect(Self.ask(store, "k", as: .session) == "found u1")
    }

    @Test func `records can be given as they are`() {
        let store = MemoryStore(
            MemoryRecords(entries: [("a", RecordReply.session(of: "u1", at: "a")), ("b", "{")]),
            log: LimitedLog(TestLog().logger))
        #expect(Self.ask(store, "a") == "found u1")
        #expect(Self.ask(store, "b") == "unreadable notJSON")
    }

    @Test func `a record that was taken away is missing at once, for every store that shares it`() {
        let records = MemoryRecords(entries: ["a", "b"].map { ($0, RecordReply.session(of: "u1", at: $0)) })
        let stores = [records, records].map { MemoryStore($0, log: LimitedLog(TestLog().logger)) }
        for store in stores { #expect(Self.ask(store, "a") == "found u1") }
        records.remove("a")
        for store in stores {
            #expect(Self.ask(store, "a") == "missing")
            #expect(Self.ask(store, "b") == "found u1")
        }
        #expect(records.count == 1)
    }

    @Test func `a record under another's key is mismatched, and logged once`() throws {
        let log = TestLog()
        let store = try Self.store("{\"k\": \(RecordReply.session(of: "u1", at: "s"))}", log: log)
        for _ in 0..<3 { #expect(Self.ask(store, "k") == "unreadable mismatched") }
        #expect(store.figures[.session, .mismatched] == 3)
        #expect(log.lines.count == 1)
        #expect(log.lines[0].contains("another id"))
    }

    @Test func `an unreadable record is logged by kind and reason, never by key or value`() throws {
        let log = TestLog()
        let store = try Self.store("{\"secret-key\": \"secret-value\"}", log: log)
        for _ in 0..<3 { _ = Self.ask(store, "secret-key") }
        #expect(log.lines.count == 1)
        #expect(log.lines[0].contains("record=session") && !log.lines[0].contains("secret"))
    }
}
