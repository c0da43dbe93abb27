/// What stands between `.if` and `.endif`: lines that hold when HAProxy is started in one way, or in another.
struct HAProxyParts {
    private struct Part {
        /// Whether what stands here is taken for said: what can't be told is.
        var holds: Bool
        /// Whether one before it of the same `.if`, or itself, surely holds.
        var isOver: Bool

        init(_ value: Bool?, isOver: Bool = false) {
            holds = !isOver && value ?? true
            self.isOver = isOver || value == true
        }
    }

    /// HAProxy takes fewer.
    private static let depthLimit = 64

    private var open: [Part] = []
    /// How many deeper ones have begun, of which nothing is told.
    private var deeper = 0
    /// Whether a line is taken for said here.
    private(set) var hold = true
    /// Whether the last condition can be told.
    private(set) var isKnown = true

    mutating func take(_ line: Directive) {
        let value = ["0": false, "false": false, "1": true, "true": true][line.argument(0)]
        if [".if", ".elif"].contains(line.name) { isKnown = value != nil }
        switch line.name {
        case ".if" where open.count == Self.depthLimit: deeper += 1
        case ".if": open.append(Part(value))
        case _ where deeper > 0: if line.name == ".endif" { deeper -= 1 }
        case ".elif": if let last = open.popLast() { open.append(Part(value, isOver: last.isOver)) }
        case ".else": if let last = open.popLast() { open.append(Part(nil, isOver: last.isOver)) }
        case ".endif": _ = open.popLast()
        default: break
        }
        hold = open.allSatisfy(\.holds)
    }
}
