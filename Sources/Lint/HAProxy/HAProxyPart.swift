/// What stands between `.if` and `.endif`: lines that hold when HAProxy is started in one way, or in another.
struct HAProxyPart {
    /// Whether what stands here is taken for said: what can't be told is.
    private(set) var holds: Bool
    /// Whether one before it of the same `.if` surely holds.
    private var isOver: Bool
    /// Whether it can be told.
    private(set) var isKnown: Bool

    private init(_ condition: Directive, isOver: Bool = false) {
        let value = ["0": false, "false": false, "1": true, "true": true][condition.argument(0)]
        (holds, isKnown) = (!isOver && value ?? true, value != nil)
        self.isOver = isOver || value == true
    }

    static func take(_ line: Directive, _ parts: inout [HAProxyPart]) {
        switch line.name {
        case ".if": parts.append(HAProxyPart(line))
        case ".elif":
            if let last = parts.popLast() { parts.append(HAProxyPart(line, isOver: last.isOver)) }
        case ".else":
            guard let last = parts.indices.last else { return }
            parts[last].holds = !parts[last].isOver
        case ".endif": _ = parts.popLast()
        default: break
        }
    }
}
