/// Counts of some kinds for each of some names, which come from the configuration.
struct NamedCounts: Sendable {
    private let kinds: Int
    private var names: [String] = []
    /// All of the first name, then all of the second.
    private var counts: [Int] = []

    /// - Parameter kinds: how many counts each name has.
    init(kinds: Int) { self.kinds = kinds }

    /// Counts for these names from now on; those that there were go on.
    mutating func set(_ names: [String]) {
        guard names != self.names else { return }
        let old = self
        self.names = names
        counts = names.flatMap { old.counts(of: $0) }
    }

    mutating func count(_ kind: Int, of name: String) {
        guard let place = names.firstIndex(of: name) else { return }
        counts[place * kinds + kind] += 1
    }

    func forEach(_ body: (_ name: String, _ kind: Int, _ count: Int) -> Void) {
        for (place, name) in names.enumerated() {
            for kind in 0..<kinds { body(name, kind, counts[place * kinds + kind]) }
        }
    }

    /// Adds another event loop's. By their names: at a reload one loop may have others than another.
    mutating func merge(_ other: NamedCounts) {
        set(names + other.names.filter { !names.contains($0) })
        for (place, name) in names.enumerated() {
            for (kind, count) in other.counts(of: name).enumerated() { counts[place * kinds + kind] += count }
        }
    }

    private func counts(of name: String) -> [Int] {
        guard let place = names.firstIndex(of: name) else { return Array(repeating: 0, count: kinds) }
        return Array(counts[place * kinds..<(place + 1) * kinds])
    }
}
