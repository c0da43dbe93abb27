import Foundation
import Testing

extension IntegrationTests {
    /// Random worlds in a real Redis, random requests, and what an oracle says that they come to.
    @Suite struct RandomWorldTests {
        /// How many cases, and where they begin.
        private static let cases = Program.rounds("CASES", default: 1_500)
        private static let seed = Program.rounds("SEED", default: 1)

        @Test func `the program answers as an oracle that knows only the contract`() throws {
            var draw = Draw(seed: UInt64(Self.seed))
            let redis = try RedisServer(settings: ["--appendonly", "no"])
            // Few cases are about some of the configurations.
            let settings = draw.shuffled(WorldSettings.all).prefix(max(8, min(32, Self.cases / 600)))
            var counts = WorldRun.Counts()
            for (number, each) in settings.enumerated() {
                let run = try WorldRun(each, redis, seed: Self.seed, number: number)
                try run.ask((Self.cases + settings.count - 1) / settings.count, &counts)
            }
            // Else a run without a difference says little.
            #expect(counts.valid * 4 > counts.cases, "\(counts)")
            for reason in ["record_unreadable", "scope_undecided", "store_refused", "user_missing"] {
                #expect(counts.unknown[reason, default: 0] * 1_000 > counts.cases, "\(counts)")
            }
            #expect(counts.differences == 0, "\(counts)")
            print("Random worlds, seed \(Self.seed): \(counts)")
        }
    }
}
