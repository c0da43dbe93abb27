import JOSE
import KeySets
import Logging
import NIOCore
import NIOEmbedded
import Testing

/// Keys that outlive the process (contract section 5): what is done with those of before, and when others are kept.
@Suite(.timeLimit(.minutes(5))) struct KeepingTests {
    private static func isKept(_ event: Rig.Event) -> Bool { if case .kept = event { true } else { false } }
    private static func isFetch(_ event: Rig.Event) -> Bool { if case .fetch = event { true } else { false } }
    private static func isHandedOver(_ event: Rig.Event) -> Bool { if case .handedOver = event { true } else { false } }

    private func nextKept(of events: inout AsyncStream<Rig.Event>.Iterator) async -> [Rig.Kept]? {
        let seen = await Rig.next(of: &events, until: Self.isKept)
        if case .kept(let kept)? = seen.last { return kept }
        return nil
    }

    @Test func `keys of before are there before anything is fetched, and no younger for it`() async throws {
        let rig = Rig(issuers: 2, kept: [50_000, nil])
        try await rig.run { events in
            // On a clock that began after they were confirmed.
            #expect(await events.next() == .published([["kept"], nil], until: 36_400))
            rig.find("kept", cause: .neverLoaded, as: "one")
            #expect(await Rig.next(of: &events) { $0 == .reply("one", .arrived) }.last == .reply("one", .arrived))
            let status = try await rig.keySets.status()
            #expect(status.map(\.origin) == [.snapshot, nil])
            #expect(status.map(\.age) == [.seconds(50_000), nil])
            #expect(status.map { $0.problem == nil } == [true, false])
            #expect(status.map(\.keys) == [1, 0])
        }
    }

    @Test func `they end jwks.max_stale after they were confirmed, also when that changes`() async throws {
        let rig = Rig(kept: [50_000])
        try await rig.run { events in
            _ = await Rig.next(of: &events) { $0 == .fetch(0) }
            #expect(try await rig.keySets.status()[0].problem == nil)
            try await rig.adopt([(issuer: 0, id: 0)], maxStale: .seconds(50_000))
            #expect(
                try await rig.keySets.status()[0].problem == "keys from https://issuer0.test/jwks are too old")
        }
    }

    @Test func `a key that is not among them is looked for, and not denied by them`() async throws {
        let rig = Rig(kept: [10])
        try await rig.run { events in
            _ = await Rig.next(of: &events) { $0 == .fetch(0) }
            rig.find("other", as: "early")
            rig.end(0, .failure(.notDiscovery))
            _ = await Rig.next(of: &events) { $0 == .fetch(0) }
            await rig.loop.advanceTime(by: .seconds(2))
            let seen = await Rig.next(of: &events) { if case .reply = $0 { true } else { false } }
            #expect(seen.last == .reply("early", .unavailable))
        }
    }

    @Test func `what is fetched replaces them, and is kept at once with those of others as old as they are`()
        async throws
    {
        let rig = Rig(issuers: 3, kept: [10, 20, nil])
        try await rig.run { events in
            for _ in 0..<3 { _ = await Rig.next(of: &events, until: Self.isFetch) }
            rig.bring(0, "a")
            #expect(await nextKept(of: &events) == [.init(issuer: 0, age: 0), .init(issuer: 1, age: 20)])
            let origins = try await rig.keySets.status().map(\.origin)
            #expect(origins == [.fetch, .snapshot, nil])
            await rig.loop.advanceTime(by: .seconds(5))
            rig.bring(2, "c")
            #expect(
                await nextKept(of: &events) == [
                    .init(issuer: 0, age: 5), .init(issuer: 1, age: 25), .init(issuer: 2, age: 0),
                ])
        }
    }

    @Test func `a set that is confirmed is kept once an hour`() async throws {
        let rig = Rig(kept: [nil])
        try await rig.run { events in
            _ = await Rig.next(of: &events) { $0 == .fetch(0) }
            rig.bring(0, "a")
            #expect(await nextKept(of: &events) == [.init(issuer: 0, age: 0)])
            // It is fetched every 450 seconds.
            var kept: [Rig.Event] = []
            for _ in 0..<9 {
                await rig.loop.advanceTime(by: .seconds(450))
                kept += await Rig.next(of: &events) { $0 == .fetch(0) }.filter(Self.isKept)
                rig.bring(0, "a")
                while let event = await events.next() {
                    if Self.isKept(event) { kept.append(event) }
                    if event == .log(.trace, "keys are unchanged issuer=https://issuer0.test") { break }
                }
            }
            #expect(kept == [.kept([.init(issuer: 0, age: 450)])])
        }
    }

    @Test func `the first fetch that confirms what was kept before has it kept as confirmed now`() async throws {
        let rig = Rig(kept: [3_000])
        try await rig.run { events in
            _ = await Rig.next(of: &events) { $0 == .fetch(0) }
            rig.bring(0, "kept")
            #expect(await nextKept(of: &events) == [.init(issuer: 0, age: 0)])
            let fetches = try await rig.keySets.status()[0].fetches
            #expect(fetches == [.unchanged: 1])
        }
    }

    @Test func `who goes is kept no longer`() async throws {
        let rig = Rig(issuers: 2, kept: [nil, nil])
        try await rig.run { events in
            for _ in 0..<2 { _ = await Rig.next(of: &events, until: Self.isFetch) }
            rig.bring(0, "a")
            #expect(await nextKept(of: &events) == [.init(issuer: 0, age: 0)])
            rig.bring(1, "b")
            #expect(await nextKept(of: &events) == [.init(issuer: 0, age: 0), .init(issuer: 1, age: 0)])
            try await rig.adopt([(issuer: 1, id: 1)])
            #expect(await nextKept(of: &events) == [.init(issuer: 1, age: 0)])
        }
    }

    @Test func `keys that may be used no longer are not kept`() async throws {
        let rig = Rig(issuers: 2, maxStale: .seconds(100), kept: [90, nil])
        try await rig.run { events in
            for _ in 0..<2 { _ = await Rig.next(of: &events, until: Self.isFetch) }
            await rig.loop.advanceTime(by: .seconds(20))
            rig.bring(1, "b")
            #expect(await nextKept(of: &events) == [.init(issuer: 1, age: 0)])
        }
    }

    @Test func `where nothing outlives the process, nothing is kept`() async throws {
        let rig = Rig()
        try await rig.run { events in
            _ = await Rig.next(of: &events) { $0 == .fetch(0) }
            rig.bring(0, "a")
            _ = await Rig.next(of: &events) { $0 == .published([["a"]], until: 86_400) }
            try await rig.adopt([(issuer: 0, id: 0)])
            let seen = await Rig.next(of: &events, until: Self.isHandedOver)
            #expect(seen.filter(Self.isKept).isEmpty)
        }
    }
}
