import AuthgearResolver
import Testing

/// What `/readyz` is told from what there is (contract section 1).
@Suite struct ReadinessTests {
    private typealias Source = Readiness.Source

    private static let keys = Source(.issuer("a"))
    private static let store = Source(.store)
    private static let noKeys = Source(.issuer("a"), problem: "issuer a: no keys yet")
    private static let noStore = Source(.store, problem: "session store: out of reach")
    private static let untriedKeys = Source(.issuer("a"), problem: "issuer a: no keys yet", isTried: false)
    private static let untriedStore = Source(.store, problem: "session store: not asked yet", isTried: false)
    private static let newcomer = Source(.issuer("b"), problem: "issuer b: no keys yet", isTried: false, isNew: true)
    private static let tokens = Source(.other("api tokens"))

    struct Row: Sendable {
        var sources: [Readiness.Source]
        var notes: [String] = []
        var state: Readiness.State
    }

    @Test(arguments: [
        Row(sources: [keys, store], state: .ready),
        Row(sources: [], state: .ready),
        Row(sources: [keys, noStore], state: .degraded),
        Row(sources: [noKeys, store], state: .degraded),
        Row(sources: [noKeys, noStore, tokens], state: .degraded),
        Row(sources: [keys, store], notes: ["a file has an error"], state: .degraded),
        Row(sources: [noKeys, noStore], state: .unavailable),
        Row(sources: [noStore], state: .unavailable),
        Row(sources: [untriedKeys, store], state: .starting),
        Row(sources: [keys, untriedStore], state: .starting),
        Row(sources: [noKeys, untriedStore], state: .starting),
        // What a reload brought was never tried, and takes nobody away.
        Row(sources: [keys, newcomer], state: .degraded),
        Row(sources: [newcomer], state: .degraded),
        Row(sources: [noKeys, newcomer], state: .unavailable),
    ])
    func `the state is one word`(row: Row) {
        let readiness = Readiness(row.sources, notes: row.notes)
        #expect(readiness.state == row.state)
        #expect(readiness.isReady() == [.ready, .degraded].contains(row.state))
        #expect(readiness.isReady(isStrict: true) == (row.state == .ready))
        #expect(readiness.lines == row.sources.compactMap(\.problem) + row.notes)
        var ending = readiness
        ending.isDraining = true
        #expect(ending.state == .draining && ending.lines == [] && !ending.isReady() && !ending.isReady(isStrict: true))
    }

    @Test(arguments: [
        (ReadinessRule.any, [keys, noStore], true),
        (.all, [keys, noStore], false),
        (.all, [noKeys, store], false),
        (.all, [keys, store], true),
        (.all, [keys, store, newcomer], true),
        (.listed(issuers: ["a"], store: false), [keys, noStore], true),
        (.listed(issuers: ["a"], store: false), [noKeys, store], false),
        (.listed(issuers: [], store: true), [noKeys, store], true),
        (.listed(issuers: [], store: true), [keys, noStore], false),
        (.listed(issuers: ["a"], store: true), [keys, noStore], false),
        (.listed(issuers: ["b"], store: true), [keys, store, newcomer], true),
        // An issuer that is called as the store is none.
        (.listed(issuers: [], store: true), [Readiness.Source(.issuer("store"), problem: "p"), store], true),
    ])
    func `the rule says what has to be there`(rule: ReadinessRule, sources: [Readiness.Source], isReady: Bool) {
        #expect(Readiness(sources, rule: rule).isReady() == isReady)
    }

    @Test(arguments: [ReadinessRule.any, .all, .listed(issuers: ["a"], store: true)])
    func `what is wrong beside is no matter of the rule`(rule: ReadinessRule) {
        #expect(Readiness([Self.keys, Self.store], notes: ["a file has an error"], rule: rule).isReady())
        #expect(!Readiness([Self.noStore], rule: rule).isReady())
    }

    @Test func `while no worker turns nothing can be answered, whatever there is`() {
        var readiness = Readiness([Self.keys, Self.store], notes: ["worker 0 has not turned for 6 s"], isStuck: true)
        #expect(readiness.state == .unavailable && !readiness.isReady())
        #expect(readiness.lines == ["worker 0 has not turned for 6 s"])
        readiness.isDraining = true
        #expect(readiness.state == .draining)
    }

    @Test func `what is wrong is said once`() {
        let readiness = Readiness([Self.keys, Self.noStore], notes: ["session store: out of reach", "another"])
        #expect(readiness.lines == ["session store: out of reach", "another"])
    }
}
