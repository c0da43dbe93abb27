import Testing

extension IntegrationTests {
    /// The oracle of the failovers can say no.
    @Suite struct RevocationOracleTests {
        typealias Outcome = RevocationOracle.Outcome

        /// The moments of a session's life are seconds from here.
        static let start = ContinuousClock.now
        /// Good from second 0 on, deleted between second 10 and 11, under a bound of a second.
        static let deleted = history(sent: 10, acknowledged: 11)
        /// Its deletion was sent, and a failover may have lost it.
        static let unknowable = history(sent: 10, acknowledged: nil)
        static let good = history(sent: nil, acknowledged: nil)

        static func history(sent: Double?, acknowledged: Double?) -> RevocationOracle.History {
            RevocationOracle.History(
                goodFrom: start, deletionSent: sent.map { start + .seconds($0) },
                deletedAt: acknowledged.map { start + .seconds($0) })
        }

        static func oracle(bounds: [(Double, Double)] = [(0, 1)]) -> RevocationOracle {
            RevocationOracle(
                bounds: bounds.map { moment, bound in
                    (start + .seconds(moment), start + .seconds(moment), .seconds(bound))
                })
        }

        @Test(
            arguments: [
                ("valid while it is good", good, 5, 5.1, .valid, true),
                ("invalid while it is good", good, 5, 5.1, .invalid, false),
                ("unknown while it is good", good, 5, 5.1, .unknown, true),
                ("an answer that is none", good, 5, 5.1, .other("500"), false),
                ("invalid before it is on all servers", good, -0.1, 0.1, .invalid, true),
                ("invalid before its deletion was sent", deleted, 9, 9.9, .invalid, false),
                ("invalid when its deletion was sent meanwhile", deleted, 9, 10.1, .invalid, true),
                ("valid when its deletion was acknowledged meanwhile", deleted, 10.9, 14, .valid, true),
                ("valid within the bound, answered later", deleted, 11.9, 14, .valid, true),
                ("valid beyond the bound", deleted, 12.1, 12.2, .valid, false),
                ("invalid beyond the bound", deleted, 12.1, 12.2, .invalid, true),
                ("valid after a deletion that may be lost", unknowable, 20, 20.1, .valid, true),
                ("invalid after a deletion that may be lost", unknowable, 20, 20.1, .invalid, true),
                ("invalid before a deletion that may be lost", unknowable, 8, 8.1, .invalid, false),
            ] as [(String, RevocationOracle.History, Double, Double, Outcome, Bool)])
        func `an answer is right or wrong`(
            _ description: String, _ history: RevocationOracle.History, _ sent: Double, _ received: Double,
            _ outcome: Outcome, _ isRight: Bool
        ) {
            let answer = RevocationOracle.Answer(
                session: 0, sent: Self.start + .seconds(sent), received: Self.start + .seconds(received),
                outcome: outcome)
            #expect((Self.oracle().violation(answer, history) == nil) == isRight, "\(description)")
        }

        @Test func `a new session may be unknown to a replica for as long as it may lag`() {
            var oracle = Self.oracle()
            oracle.patienceWithNew = .seconds(4)
            for (sent, isRight) in [(3.9, true), (4.1, false)] {
                let moment = Self.start + .seconds(sent)
                let answer = RevocationOracle.Answer(session: 0, sent: moment, received: moment, outcome: .invalid)
                #expect((oracle.violation(answer, Self.good) == nil) == isRight)
            }
        }

        @Test(arguments: [(-0.5, 0.4, true), (-0.5, 0.6, false), (0.5, 0.9, false)])
        func `a session that came after a demotion may be unknown to the demoted server until the next heartbeat`(
            _ demotion: Double, _ sent: Double, _ isRight: Bool
        ) {
            var oracle = Self.oracle()
            oracle.demotions = [Self.start + .seconds(demotion)]
            let moment = Self.start + .seconds(sent)
            let answer = RevocationOracle.Answer(session: 0, sent: moment, received: moment, outcome: .invalid)
            #expect((oracle.violation(answer, Self.good) == nil) == isRight)
        }

        @Test(arguments: [
            (0, 5, 4), (0, 10, 4), (15, 15, 4), (15, 25, 4), (25, 28, 2), (25, 35, 2), (31, 32, 2), (-2, -1, 1),
        ])
        func `the bound between two moments is the largest of those read then and beside them`(
            _ from: Double, _ to: Double, _ largest: Double
        ) {
            let oracle = Self.oracle(bounds: [(0, 1), (10, 4), (20, 1), (30, 2)])
            let bound = oracle.largestBound(from: Self.start + .seconds(from), to: Self.start + .seconds(to))
            #expect(bound == .seconds(largest))
        }

        @Test func `without any bound there is none`() {
            #expect(Self.oracle(bounds: []).largestBound(from: Self.start, to: Self.start) == nil)
        }
    }
}
