import Bytes
import Fixtures
import JOSE
import KeySets
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import Testing

/// Tables for keys in demand: made off the event loop, published, kept while their keys are there.
@Suite(.timeLimit(.minutes(5))) struct TableTests {
    private static func pairs(_ count: Int) throws -> [SigningKey] {
        try (0..<count).map { try SigningKey(generating: .es256, kid: "\($0)") }
    }

    @Test(arguments: [(26, 60, true), (45, 60, true), (46, 60, false), (60, 60, false), (90, 60, false), (0, 0, true)])
    func `tables are made where they spare a quarter of the time`(_ byTable: Int, _ plain: Int, _ isWorthIt: Bool) {
        #expect(TableWorkshop.isShorter(.microseconds(byTable), than: .microseconds(plain)) == isWorthIt)
    }

    /// Events but those of logs.
    private func next(_ events: inout AsyncStream<Rig.Event>.Iterator) async -> Rig.Event? {
        while let event = await events.next() {
            if case .log = event { continue }
            return event
        }
        return nil
    }

    /// Has another set fetched, for a key that nobody has.
    private func bring(_ set: KeySet, to rig: Rig, _ events: inout AsyncStream<Rig.Event>.Iterator) async {
        await rig.loop.advanceTime(by: .minutes(10))
        rig.find("missing", as: "somebody")
        while let event = await events.next(), event != .fetch(0) {}
        rig.end(0, .success(.keys(FetchedKeys(set: set))))
        while let event = await events.next() {
            if case .published = event { break }
        }
    }

    @Test func `a key in demand gets a table, and keeps it until it leaves its set`() async throws {
        let rig = Rig()
        try await rig.run { events in
            #expect(await next(&events) == .fetch(0))
            rig.bring(0, "a", "b")
            #expect(await next(&events) == .published([["a", "b"]], until: 86_400))
            #expect(rig.tables() == [])
            rig.demand("b")
            #expect(await next(&events) == .published([["a", "b"]], until: 86_400))
            #expect(rig.tables() == ["b"])
            await bring(keySet("b", "c"), to: rig, &events)
            #expect(rig.tables() == ["b"])
            await bring(keySet("a", "c"), to: rig, &events)
            #expect(rig.tables() == [])
            await bring(keySet("b"), to: rig, &events)
            #expect(rig.tables() == [])
        }
    }

    @Test func `who has no use for a table gets none, and does not keep others from theirs`() async throws {
        let refusing = NIOLockedValueBox(["a"])
        let rig = Rig(withTable: { key in
            refusing.withLockedValue { kids in
                if let kid = key.kid, kids == [String(decoding: kid, as: UTF8.self)] {
                    kids = []
                    return nil
                }
                return key.withTable()
            }
        })
        try await rig.run { events in
            #expect(await next(&events) == .fetch(0))
            rig.demand("a")
            rig.bring(0, "a", "b")
            #expect(await next(&events) == .published([["a", "b"]], until: 86_400))
            rig.demand("missing")
            rig.demand("a", issuer: 0)
            // Until the refusal has come back, others are not served either; whoever is in demand asks again.
            try await waitUntil { refusing.withLockedValue { $0.isEmpty } }
            try await waitUntil {
                rig.demand("b")
                return !rig.tables().isEmpty
            }
            #expect(rig.tables() == ["b"])
        }
    }

    @Test func `there are not more than 64 tables, and room when a key has left`() async throws {
        let pairs = try Self.pairs(65)
        let (all, fewer) = (try KeySet(pairs), try KeySet(Array(pairs.dropFirst())))
        let rig = Rig()
        try await rig.run { events in
            #expect(await next(&events) == .fetch(0))
            rig.end(0, .success(.keys(FetchedKeys(set: all))))
            _ = await next(&events)
            for number in 0..<64 {
                rig.demand("\(number)")
                _ = await next(&events)
                #expect(rig.tables().count == number + 1)
            }
            rig.demand("64")
            rig.find(nil, cause: .neverLoaded, as: "somebody")
            #expect(await next(&events) == .reply("somebody", .arrived))
            #expect(rig.tables().count == 64)
            await bring(fewer, to: rig, &events)
            #expect(rig.tables().count == 63)
            rig.demand("64")
            while let event = await next(&events) {
                if case .published = event { break }
            }
            #expect(rig.tables().count == 64 && rig.tables().last == "64")
        }
    }
}
