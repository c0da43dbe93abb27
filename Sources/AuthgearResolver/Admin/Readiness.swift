/// What the process can answer at this moment, and what it can't: `/readyz` (contract section 1).
package struct Readiness: Sendable {
    /// Something that credentials are checked with.
    package struct Source: Sendable {
        package enum Name: Hashable, Sendable {
            case issuer(String)
            case store
            /// What is answered for whatever is configured: API tokens, another server's cookie.
            case other(String)
        }

        package var name: Name
        /// Why nothing can be checked with it now, in words; nil when it can.
        package var problem: String?
        /// Whether it was tried at least once since the start.
        package var isTried: Bool
        /// Whether a reload has brought it, and it has never been there yet: it is told of, and counts for nothing.
        package var isNew: Bool

        package init(_ name: Name, problem: String? = nil, isTried: Bool = true, isNew: Bool = false) {
            (self.name, self.problem, self.isTried, self.isNew) = (name, problem, isTried, isNew)
        }
    }

    /// The first line of the page.
    package enum State: String, CaseIterable, Sendable {
        /// Nothing is missing.
        case ready
        /// Something is missing, and something can be answered.
        case degraded
        /// Not everything was tried yet.
        case starting
        /// The process was told to end.
        case draining
        /// Nothing can be answered.
        case unavailable
    }

    /// Each once.
    package var sources: [Source]
    /// What else is wrong, a line each.
    package var notes: [String]
    /// Which sources have to be there.
    package var rule: ReadinessRule
    package var isDraining: Bool
    /// Whether no worker turns, so that nothing is answered, whatever there is.
    package var isStuck: Bool

    package init(
        _ sources: [Source], notes: [String] = [], rule: ReadinessRule = .any, isDraining: Bool = false,
        isStuck: Bool = false
    ) {
        (self.sources, self.notes, self.rule) = (sources, notes, rule)
        (self.isDraining, self.isStuck) = (isDraining, isStuck)
    }

    package static let draining = Readiness([], isDraining: true)

    package var state: State {
        guard !isDraining else { return .draining }
        guard !isStuck else { return .unavailable }
        let counted = counted
        guard counted.allSatisfy(\.isTried) else { return .starting }
        guard counted.isEmpty || counted.contains(where: { $0.problem == nil }) else { return .unavailable }
        return lines.isEmpty ? .ready : .degraded
    }

    /// What is missing, a line each; nothing more is said of a process that ends.
    package var lines: [String] {
        guard !isDraining else { return [] }
        let problems = sources.compactMap(\.problem)
        return problems + notes.filter { !problems.contains($0) }
    }

    /// Whether the process is to be asked.
    ///
    /// - Parameter isStrict: whether everything has to be there.
    package func isReady(isStrict: Bool = false) -> Bool {
        switch state {
        case .ready: true
        case .degraded: !isStrict && counted.allSatisfy { $0.problem == nil || !rule.requires($0.name) }
        case .starting, .draining, .unavailable: false
        }
    }

    /// A reload takes no instance away from who asks: what it brings has to come first.
    private var counted: [Source] { sources.filter { !$0.isNew } }
}

extension ReadinessRule {
    fileprivate func requires(_ name: Readiness.Source.Name) -> Bool {
        switch (self, name) {
        case (.any, _): false
        case (.all, _): true
        case (.listed(let issuers, _), .issuer(let issuer)): issuers.contains(issuer)
        case (.listed(_, let store), .store): store
        case (.listed, .other): false
        }
    }
}
