/// A rule that a configuration breaks.
package struct LintFinding: Hashable, Sendable {
    package var row: LintRow
    package var spot: Spot
    /// What exactly is meant: a place, a name.
    package var detail: String

    /// One line: `nginx.conf:7: unguarded: a place proxies …: location /; include …`.
    package var line: String { "\(spot): \(row.rule.rawValue): \(row.what): \(detail); \(row.remedy)" }
}

/// Something that can't be judged, and why.
package struct LintNote: Hashable, Sendable {
    package var spot: Spot
    package var text: String

    /// One line: `nginx.conf:7: can't judge: …`.
    package var line: String { "\(spot): can't judge: \(text)" }
}

/// All that is to be said of some files, each thing once.
package struct LintReport: Sendable {
    package private(set) var findings: [LintFinding] = []
    package private(set) var notes: [LintNote] = []
    /// Files that are not what they should be.
    package private(set) var rejected: Set<String> = []
    private var said: Set<String> = []

    package init() {}

    /// A rule has no row for a kind in which it has no meaning; then nothing is said.
    package mutating func find(_ rule: LintRule, in kind: LintKind, at spot: Spot, _ detail: String) {
        guard let row = LintRow.row(of: rule, in: kind) else { return }
        let finding = LintFinding(row: row, spot: spot, detail: detail)
        if said.insert(finding.line).inserted { findings.append(finding) }
    }

    package mutating func note(at spot: Spot, _ text: String) {
        let note = LintNote(spot: spot, text: text)
        if said.insert(note.line).inserted { notes.append(note) }
    }

    /// That a file is not what it should be, so that nothing of it is judged.
    package mutating func reject(at spot: Spot, _ text: String) {
        rejected.insert(spot.file)
        note(at: spot, text)
    }

    /// In the order of files and lines.
    package var lines: [String] {
        let all =
            findings.map { (spot: $0.spot, line: $0.line) } + notes.map { (spot: $0.spot, line: $0.line) }
        return all.sorted { ($0.spot, $0.line) < ($1.spot, $1.line) }.map(\.line)
    }
}
