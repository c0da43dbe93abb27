import JOSE
import KeySets
import NIOCore
import NIOEmbedded
import Testing

/// Issuers that come, go and change their terms while keys are fetched.
@Suite(.timeLimit(.minutes(5))) struct AdoptTests {
    /// Loads the key `a` of issuer 0 and `b` of issuer 1.
    private func load(_ rig: Rig, _ events: inout AsyncStream<Rig.Event>.Iterator) async {
        _ = await Rig.next(of: &events) { $0 == .fetch(1) || $0 == .fetch(0) }
        _ = await Rig.next(of: &events) { $0 == .fetch(1) || $0 == .fetch(0) }
        rig.bring(0, "a")
        _ = await Rig.next(of: &events) { $0 == .published([["a"], nil], until: 86_400) }
        rig.bring(1, "b")
        _ = await Rig.next(of: &events) { $0 == .published([["a"], ["b"]], until: 86_400) }
    }

    @Test func `an issuer keeps its keys under another number and at another place, and who is new is fetched`()
        async throws
    {
        let rig = Rig(issuers: 2)
        try await rig.run { events in
            await load(rig, &events)
            try await rig.adopt([(issuer: 1, id: 7), (issuer: 2, id: 8)])
            #expect(
                await Rig.next(of: &events) { $0 == .fetch(2) } == [
                    .handedOver([["b"], nil], ids: [7, 8]), .fetch(2),
                ])
            rig.bring(2, "c")
            #expect(await events.next() != nil)
            rig.find("b", cause: .neverLoaded, as: "of the kept one", issuer: 7)
            #expect(
                await Rig.next(of: &events) { $0 == .reply("of the kept one", .arrived) }.contains(
                    .published([["b"], ["c"]], until: 86_400)))
        }
    }

    @Test func `who waits for a key of an issuer that goes verifies again, and its fetch brings nothing`() async throws
    {
        let rig = Rig(issuers: 2)
        try await rig.run { events in
            await load(rig, &events)
            rig.find("new", as: "waiting", issuer: 0)
            _ = await Rig.next(of: &events) { $0 == .fetch(0) }
            try await rig.adopt([(issuer: 1, id: 1)])
            #expect(
                await Rig.next(of: &events) { $0 == .reply("waiting", .arrived) }
                    == [.handedOver([["b"]], ids: [1]), .reply("waiting", .arrived)])
            rig.bring(0, "new")
            rig.find("b", as: "later", issuer: 1)
            #expect(await Rig.next(of: &events) { $0 == .reply("later", .arrived) } == [.reply("later", .arrived)])
        }
    }

    @Test func `who asks by a number of before is told to verify again`() async throws {
        let rig = Rig(issuers: 2)
        try await rig.run { events in
            await load(rig, &events)
            try await rig.adopt([(issuer: 0, id: 5), (issuer: 1, id: 1)])
            rig.find("a", as: "by the former number", issuer: 0)
            #expect(
                await Rig.next(of: &events) { $0 == .reply("by the former number", .arrived) }
                    == [.handedOver([["a"], ["b"]], ids: [5, 1]), .reply("by the former number", .arrived)])
        }
    }

    @Test func `how long keys serve counts from when they were confirmed`() async throws {
        let rig = Rig(issuers: 1)
        try await rig.run { events in
            _ = await Rig.next(of: &events) { $0 == .fetch(0) }
            rig.bring(0, "a")
            _ = await Rig.next(of: &events) { $0 == .published([["a"]], until: 86_400) }
            await rig.loop.advanceTime(by: .seconds(100))
            #expect(try await rig.keySets.status()[0].problem == nil)
            try await rig.adopt([(issuer: 0, id: 0)], maxStale: .seconds(60))
            #expect(
                try await rig.keySets.status()[0].problem == "keys from https://issuer0.test/jwks are too old")
        }
    }

    @Test func `who came by a reload is new until its keys have come, and who was there from the start is not`()
        async throws
    {
        let rig = Rig(issuers: 1)
        try await rig.run { events in
            _ = await Rig.next(of: &events) { $0 == .fetch(0) }
            try await rig.adopt([(issuer: 0, id: 0), (issuer: 1, id: 1)])
            _ = await Rig.next(of: &events) { $0 == .fetch(1) }
            #expect(try await rig.keySets.status().map(\.isNew) == [false, true])
            #expect(try await rig.keySets.status().map { $0.problem == nil } == [false, false])
            rig.bring(1, "b")
            _ = await Rig.next(of: &events) { if case .published = $0 { true } else { false } }
            #expect(try await rig.keySets.status().map(\.isNew) == [false, false])
        }
    }
}
