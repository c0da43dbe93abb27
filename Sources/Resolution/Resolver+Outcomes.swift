extension Resolver {
    /// The answer that states the identity; nil when it can't be stated.
    mutating func accept(_ identity: Identity) -> Answer? {
        do throws(HeaderRefusal) {
            return try format.answer(for: identity)
        } catch {
            tally.count(error)
            return nil
        }
    }

    mutating func couldNotCheck(_ reason: UnknownReason, _ findings: inout Findings) {
        tally.count(reason)
        findings.couldNotCheck(reason)
    }

    /// What the token cache did and holds.
    package var tokenCacheFigures: CacheFigures { tokenCache.figures }
    /// What the session cache did and holds.
    package var sessionCacheFigures: CacheFigures { sessionCache.figures }
}
