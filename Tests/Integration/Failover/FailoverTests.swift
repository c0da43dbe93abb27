import Testing

extension IntegrationTests {
    /// Failovers of Redis, seen by an oracle that knows every deletion. `FAILOVERS` says how many; four are one of each
    /// kind.
    @Suite struct FailoverTests {
        @Test func `no deleted session is valid beyond the bound and no good one invalid, whatever server fails over`()
            throws
        {
            let stage = try FailoverStage()
            defer { stage.stop() }
            let kinds = FailoverStage.Kind.allCases
            for number in 0..<Program.rounds("FAILOVERS", default: kinds.count) {
                let kind = kinds[number % kinds.count]
                try stage.failOver(kind, isOtherWay: number / kinds.count % 2 == 1)
                for resolver in stage.resolvers {
                    let (violations, outcomes) = resolver.judge(stage.demotions)
                    #expect(
                        violations.count == 0,
                        "failover \(number), \(kind.rawValue), such as \(violations.shuffled().prefix(4)); \(outcomes)")
                    print("failover \(number), \(kind.rawValue), \(resolver): \(outcomes)")
                    // Else it has not looked.
                    #expect(outcomes[.valid, default: 0] > 0 && outcomes[.invalid, default: 0] > 0, "\(outcomes)")
                }
            }
        }
    }
}
