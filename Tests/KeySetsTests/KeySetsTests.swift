import Fixtures
import JOSE
import KeySets
import Logging
import NIOCore
import NIOEmbedded
import Questions
import Testing

@Suite(.timeLimit(.minutes(5))) struct KeySetsTests {
    private let loaded = Rig.Event.log(.info, "keys loaded count=1 issuer=https://issuer0.test skipped=0")

    @Test func `keys are published before who waits for them is answered`() async throws {
        let rig = Rig()
        try await rig.run { events in
            #expect(await events.next() == .fetch(0))
            rig.find("a", cause: .neverLoaded, as: "first")
            rig.find(nil, cause: .neverLoaded, as: "second")
            rig.bring(0, "a")
            #expect(await events.next() == loaded)
            #expect(await events.next() == .published([["a"]], until: 86_400))
            #expect(await events.next() == .reply("first", .arrived))
            #expect(await events.next() == .reply("second", .arrived))
        }
    }

    @Test func `a rotated key arrives with an early fetch, and the change is logged`() async throws {
        let rig = Rig()
        try await rig.run { events in
            try await load(rig, &events)
            rig.find("b", as: "asker")
            #expect(await events.next() == .fetch(0))
            rig.bring(0, "a", "b")
            #expect(await events.next() == .log(.info, "keys changed count=2 issuer=https://issuer0.test skipped=0"))
            #expect(await events.next() == .published([["a", "b"]], until: 86_400))
            #expect(await events.next() == .reply("asker", .arrived))
        }
    }

    @Test func `it is known until when keys are used, and when they are fetched next`() async throws {
        let rig = Rig()
        #expect(try await rig.keySets.status()[0].nextFetch == nil, "the service has not started")
        try await rig.run { events in
            #expect(await events.next() == .fetch(0))
            let before = try await rig.keySets.status()[0]
            #expect(before.usableUntil == nil && before.nextFetch == 0)
            rig.bring(0, "a")
            #expect(await events.next() == loaded)
            #expect(await events.next() == .published([["a"]], until: 86_400))
            let confirmed = try await rig.keySets.status()[0]
            #expect(confirmed.usableUntil == 86_400_000_000_000 && confirmed.nextFetch == 450_000_000_000)
            await rig.loop.advanceTime(by: .seconds(450))
            #expect(await events.next() == .fetch(0))
            rig.end(0, .failure(.request(.status(503))))
            try await waitUntil { try await rig.keySets.status()[0].fetches[.status] != nil }
            let failed = try await rig.keySets.status()[0]
            #expect(failed.usableUntil == confirmed.usableUntil && failed.nextFetch == 450_500_000_000)
        }
    }

    @Test func `a waiting request is answered when its time is over`() async throws {
        let rig = Rig()
        try await rig.run { events in
            try await load(rig, &events)
            rig.find("b", as: "asker")
            #expect(await events.next() == .fetch(0))
            await rig.loop.advanceTime(by: .seconds(1))
            #expect(await events.next() == .reply("asker", .unavailable))
        }
    }

    @Test func `the same set again is published when that lengthens its life by a minute`() async throws {
        let rig = Rig(file: true)
        try await rig.run { events in
            try await load(rig, &events)
            for look in 1...120 {
                await rig.loop.advanceTime(by: .milliseconds(750))
                #expect(await events.next() == .fetch(0))
                rig.end(0, .success(.untouched))
                #expect(await events.next() == .log(.trace, "keys are unchanged issuer=https://issuer0.test"))
                if look == 80 { #expect(await events.next() == .published([["a"]], until: 86_460)) }
            }
            let status = try await rig.keySets.status()
            #expect(status[0].fetches == [.changed: 1, .unchanged: 120])
            #expect(status[0].age == .zero && status[0].isTried)
        }
    }

    @Test func `a row of failures is logged once a minute, and what happens to the keys is said`() async throws {
        let rig = Rig()
        try await rig.run { events in
            #expect(await events.next() == .fetch(0))
            #expect(try await !rig.keySets.status()[0].isTried)
            rig.end(0, .failure(.request(.notConnected(nil))))
            let line = "keys could not be fetched address=https://issuer0.test/jwks issuer=https://issuer0.test"
            #expect(await events.next() == .log(.warning, line + " reason=no connection retry_in=0.5"))
            let status = try await rig.keySets.status()[0]
            #expect(status.problem == "no keys yet from https://issuer0.test/jwks: no connection" && status.isTried)
            for (failures, retry) in [1, 2, 4, 8, 16, 32].enumerated() {
                await rig.loop.advanceTime(by: .seconds(Int64(retry)))
                #expect(await events.next() == .fetch(0))
                rig.end(0, .failure(.request(.status(503))))
                try await waitUntil { try await rig.keySets.status()[0].fetches[.status] == failures + 1 }
            }
            let reason = " left_out=5 reason=status 503 instead of 200 retry_in=30.0"
            #expect(await events.next() == .log(.warning, line + reason))
            await rig.loop.advanceTime(by: .seconds(32))
            #expect(await events.next() == .fetch(0))
            rig.bring(0, "a")
            #expect(await events.next() == loaded)
            #expect(await events.next() == .log(.info, "keys are fetched again issuer=https://issuer0.test"))
            #expect(await events.next() == .published([["a"]], until: 86_495))
            let later = try await rig.keySets.status()[0]
            #expect(later.problem == nil)
            #expect(later.fetches == [.connection: 1, .status: 6, .changed: 1])
        }
    }

    @Test func `the last good keys serve while the issuer is out of reach, until they are too old`() async throws {
        let rig = Rig(maxStale: .seconds(1_000))
        try await rig.run { events in
            try await load(rig, &events, until: 1_000)
            await rig.loop.advanceTime(by: .seconds(450))
            #expect(await events.next() == .fetch(0))
            rig.end(0, .failure(.request(.timedOut)))
            _ = await events.next()
            #expect(try await rig.keySets.status()[0].problem == nil)
            #expect(try await rig.keySets.status()[0].age == .seconds(450))
            await rig.loop.advanceTime(by: .milliseconds(100))
            rig.find("a", as: "first")
            #expect(await events.next() == .reply("first", .arrived))
            await rig.loop.advanceTime(by: .seconds(550))
            #expect(await events.next() == .fetch(0))
            let problem = try await rig.keySets.status()[0].problem
            let reason = "no complete answer within 5 s"
            #expect(problem == "keys from https://issuer0.test/jwks are too old: \(reason)")
            rig.find("a", cause: .tooOld, as: "second")
            await rig.loop.advanceTime(by: .seconds(1))
            #expect(await events.next() == .reply("second", .unavailable))
        }
    }

    private func load(
        _ rig: Rig, _ events: inout AsyncStream<Rig.Event>.Iterator, until: Int64 = 86_400
    ) async throws {
        #expect(await events.next() == .fetch(0))
        rig.bring(0, "a")
        #expect(await events.next() == loaded)
        #expect(await events.next() == .published([["a"]], until: until))
    }
}

/// Bounds, and the end.
extension KeySetsTests {
    @Test func `of many issuers sixteen are fetched at once`() async throws {
        let rig = Rig(issuers: 500)
        try await rig.run { events in
            var running: [Int] = []
            for _ in 0..<16 {
                guard case .fetch(let issuer)? = await events.next() else { throw Surprise() }
                running.append(issuer)
            }
            #expect(running.sorted() == Array(0..<16))
            rig.end(3, .failure(.request(.status(404))))
            guard case .log? = await events.next() else { throw Surprise() }
            #expect(await events.next() == .fetch(16))
        }
    }

    @Test func `all of 500 issuers get their keys`() async throws {
        let rig = Rig(issuers: 500)
        try await rig.run { events in
            var fetched: Set<Int> = []
            var last: [[String]?] = []
            while last.count(where: { $0 != nil }) < 500 {
                switch await events.next() {
                case .fetch(let issuer):
                    #expect(fetched.insert(issuer).inserted)
                    rig.bring(issuer, "\(issuer)")
                case .published(let kids, _): last = kids
                default: break
                }
            }
            #expect(last == (0..<500).map { ["\($0)"] })
        }
    }

    @Test func `ten thousand requests wait for keys, and no more`() async throws {
        let rig = Rig()
        try await rig.run { events in
            #expect(await events.next() == .fetch(0))
            for number in 0..<10_000 { rig.find("\(number)", cause: .neverLoaded, as: "\(number)") }
            rig.find("a", cause: .neverLoaded, as: "one too many")
            #expect(await events.next() == .reply("one too many", .unavailable))
            await rig.loop.advanceTime(by: .seconds(1))
            for number in 0..<10_000 { #expect(await events.next() == .reply("\(number)", .unavailable)) }
            rig.find("a", cause: .neverLoaded, as: "later")
            rig.bring(0, "a")
            #expect(await events.next() == loaded)
            #expect(await events.next() == .published([["a"]], until: 86_401))
            #expect(await events.next() == .reply("later", .arrived))
        }
    }

    @Test func `when the service stops nobody is left waiting, and nobody waits afterwards`() async throws {
        let rig = Rig()
        var rest: AsyncStream<Rig.Event>.Iterator?
        try await rig.run { events in
            #expect(await events.next() == .fetch(0))
            rig.find("a", cause: .neverLoaded, as: "first")
            _ = try await rig.keySets.status()
            rest = events
        }
        #expect(await rest?.next() == .reply("first", .unavailable))
    }

    @Test func `who asks before the service has started waits for the first fetch`() async throws {
        let rig = Rig()
        rig.find("a", cause: .neverLoaded, as: "early")
        try await rig.run { events in
            #expect(await events.next() == .fetch(0))
            rig.bring(0, "a")
            #expect(await events.next() == loaded)
            #expect(await events.next() == .published([["a"]], until: 86_400))
            #expect(await events.next() == .reply("early", .arrived))
        }
    }

    @Test func `an issuer that is not configured has no keys`() async throws {
        let rig = Rig()
        try await rig.run { events in
            #expect(await events.next() == .fetch(0))
            rig.find("a", as: "asker", issuer: 7)
            #expect(await events.next() == .reply("asker", .unavailable))
        }
    }
}
