import Testing

extension IntegrationTests {
    /// Failovers that real Sentinels make, seen by an oracle that knows every deletion. `FAILOVERS` says how many; five are one of each
    /// kind.
    @Suite(.enabled(if: SentinelServer.executable != nil, "\(SentinelServer.whyNot)")) struct SentinelFailoverTests {
        @Test func `no deleted session is valid beyond the bound and no good one invalid, whatever the Sentinels do`()
            throws
        {
            let stage = try SentinelStage()
            defer { stage.stop() }
            let kinds = SentinelStage.Kind.allCases
            for number in 0..<Program.rounds("FAILOVERS", default: kinds.count) {
                let kind = kinds[number % kinds.count]
                let silences = try stage.failOver(kind, isOtherWay: number / kinds.count % 2 == 1)
                for (resolver, silence) in zip(stage.resolvers, silences) {
                    let (violations, outcomes) = resolver.judge(stage.demotions)
                    #expect(
                        violations.count == 0,
                        "failover \(number), \(kind.rawValue), such as \(violations.shuffled().prefix(4)); \(outcomes)")
                    print("failover \(number), \(kind.rawValue), \(resolver): back after \(silence); \(outcomes)")
                    // Else it has not looked.
                    #expect(outcomes[.valid, default: 0] > 0 && outcomes[.invalid, default: 0] > 0, "\(outcomes)")
                }
            }
        }
    }
}
