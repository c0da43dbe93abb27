/// Resolvers that clients ask all the time about the sessions of one ledger, and what a test waits for of them.
struct ResolverWatch: Sendable {
    /// So many deletions are watched in each state of affairs until their bound has passed.
    private static let deletions = 5
    /// So many answers in a row that are not unknown say that all is well again.
    private static let answersInRow = 200

    let resolvers: [WatchedResolver]
    let ledger: SessionLedger

    func stop() {
        for resolver in resolvers { resolver.stop() }
    }

    /// Waits until sessions that were deleted from now on have been asked about beyond their bound.
    func watchDeletions() throws {
        let start = ContinuousClock.now
        _ = try eventually("\(Self.deletions) deletions to be asked about beyond their bound") {
            let deletions = ledger.deletions(since: start)
            let areAsked = resolvers.allSatisfy { resolver in
                deletions.count { resolver.wasAsked($0.session, beyondBoundAfter: $0.at) } >= Self.deletions
            }
            return areAsked ? true : nil
        }
    }

    /// Waits until each resolver knows again: *unknown* must end.
    func waitUntilCertain() throws {
        let before = resolvers.map(\.answers)
        for (resolver, before) in zip(resolvers, before) {
            _ = try eventually("\(resolver) to know again; it wrote:\n\(resolver.server.process.output.suffix(2_000))")
            {
                let isCertain = resolver.certainAnswers >= Self.answersInRow
                return isCertain && resolver.answers >= before + Self.answersInRow ? true : nil
            }
        }
    }

    func waitForAnswers() throws {
        for resolver in resolvers {
            let before = resolver.answers
            _ = try eventually("answers of \(resolver)") {
                resolver.answers >= before + Self.answersInRow ? true : nil
            }
        }
    }
}
