import Foundation
import Testing

/// One configuration of the program, and the random worlds that it is asked about.
struct WorldRun {
    struct Counts: CustomStringConvertible {
        /// So many differences are shown, and end the run.
        static let enough = 3

        var cases = 0
        var valid = 0
        /// Why it was unknown, and how often.
        var unknown: [String: Int] = [:]
        var changes = 0
        var differences = 0
        var description: String {
            "\(cases) cases, \(valid) valid, unknown \(unknown), \(changes) records changed, \(differences) differences"
        }
    }

    private static let requestsInBatch = 200
    private static let requestsOfWorld = 5
    /// With a cache: how often the worlds of a batch change.
    private static let changes = 3
    /// How often a change is drawn again that no request would notice.
    private static let attempts = 8
    /// So many requests are sent before their answers are read.
    private static let pipelined = 50

    private let settings: WorldSettings
    private let seed: Int
    private let number: Int
    private let pipe: RedisPipe
    private let resolver: ResolverServer

    init(_ settings: WorldSettings, _ redis: RedisServer, seed: Int, number: Int) throws {
        (self.settings, self.seed, self.number) = (settings, seed, number)
        pipe = try RedisPipe(to: redis)
        let keys = "\(try Scratch.directory())/keys.json"
        try Scratch.write(Mint.keySet([RandomRequest.key.get()]), to: keys)
        resolver = try ResolverServer(settings.yaml(redis: redis, keys: keys))
        try resolver.becomeReady()
    }

    /// Asks about so many cases; with a cache most of them when their worlds have changed.
    func ask(_ cases: Int, _ counts: inout Counts) throws {
        let end = counts.cases + cases
        let rounds = settings.remembers ? 1 + Self.changes : 1
        var ids = number * 1_000_000
        while counts.cases < end, counts.differences < Counts.enough {
            // Of each batch anew: what is drawn in one hangs a little on the moment at which it is asked about.
            var draw = Draw(seed: UInt64(seed) << 32 | UInt64(ids))
            let now = WorldCase.now()
            let requests = min(Self.requestsInBatch, (end - counts.cases + rounds - 1) / rounds)
            var worlds = (0..<(requests + Self.requestsOfWorld - 1) / Self.requestsOfWorld).map { world in
                RandomWorld(ids + world, settings, &draw, now: now)
            }
            ids += worlds.count
            try pipe.run(worlds.flatMap { world in world.names.flatMap(world.commands) })
            var all = try (0..<requests).map { place in
                let world = place % worlds.count
                return WorldCase(world: world, request: try RandomRequest(of: worlds[world], &draw, now: now))
            }
            try settle(&all, worlds, &counts)
            guard settings.remembers else { continue }
            for _ in 0..<Self.changes {
                // From memory: the same.
                try settle(&all, worlds, &counts, countsAsCases: false)
                try change(&worlds, all.map(\.request), &draw, &counts)
                try settle(&all, worlds, &counts, mayLag: true)
            }
        }
    }

    /// Changes a record of each world, mostly one that a request notices.
    private func change(
        _ worlds: inout [RandomWorld], _ requests: [RandomRequest], _ draw: inout Draw, _ counts: inout Counts
    ) throws {
        var commands: [[String]] = []
        let now = WorldCase.now()
        for index in worlds.indices {
            let asked = stride(from: index, to: requests.count, by: worlds.count).map { requests[$0] }
            let before = WorldOracle(world: worlds[index], now: now)
            for attempt in 1...Self.attempts {
                var world = worlds[index]
                let name = draw.one(of: world.names)
                if draw.chance(40) { world.remove(name) } else { world.change(name, &draw, now: now) }
                let after = WorldOracle(world: world, now: now)
                let isNoticed = asked.contains { !before.answer(to: $0).isAsExpected(after.answer(to: $0)) }
                guard isNoticed || attempt == Self.attempts else { continue }
                worlds[index] = world
                commands += world.commands(for: name)
                counts.changes += 1
                break
            }
        }
        try pipe.run(commands)
    }

    /// Asks all, and those again that can't be told yet; then counts and shows what is not right.
    ///
    /// - Parameter mayLag: records were changed, of which the program has to hear first.
    private func settle(
        _ cases: inout [WorldCase], _ worlds: [RandomWorld], _ counts: inout Counts, countsAsCases: Bool = true,
        mayLag: Bool = false
    ) throws {
        var open = Array(cases.indices)
        do {
            _ = try eventually("the oracle's answers") {
                for start in stride(from: 0, to: open.count, by: Self.pipelined) {
                    try ask(open[start..<min(start + Self.pipelined, open.count)], of: &cases, worlds)
                }
                open.removeAll { cases[$0].isRight || !(mayLag || cases[$0].isVague) }
                return open.isEmpty ? true : nil
            }
        } catch is GaveUp {}
        if countsAsCases {
            counts.cases += cases.count
            counts.valid += cases.count { $0.isExpectedValid }
            for reason in cases.flatMap({ $0.answer?.reasons ?? [] }) { counts.unknown[reason, default: 0] += 1 }
        }
        for (place, each) in cases.enumerated() where !each.isRight {
            counts.differences += 1
            guard counts.differences <= Counts.enough else { continue }
            show(each, worlds[each.world], "case \(counts.cases - cases.count + place + 1)\(mayLag ? ", changed" : "")")
        }
    }

    private func ask(_ places: ArraySlice<Int>, of cases: inout [WorldCase], _ worlds: [RandomWorld]) throws {
        let connection = try HTTPConnection(to: resolver.unix)
        let start = WorldCase.now()
        try connection.send(places.map { cases[$0].request.text }.joined())
        let responses = try places.map { _ in try connection.response() }
        let end = WorldCase.now()
        for (place, response) in zip(places, responses) {
            cases[place].take(response, in: worlds[cases[place].world], from: start, to: end)
        }
    }

    private func show(_ each: WorldCase, _ world: RandomWorld, _ name: String) {
        Issue.record(
            """
            seed \(seed), \(name), configuration \(number): \(settings)
            \(each.request.text)
            the program: \(each.answer.map { "\($0)" } ?? "nothing")
            the oracle:  \(each.expected.map { "\($0)" }.joined(separator: "\n         or: "))
            \(world.description)
            """)
    }
}
