/// A record's JSON as a tree, so that a member at any depth can be changed; leaves are raw JSON and may be wrong on purpose.
indirect enum RecordTree: Sendable {
    case object([(name: String, value: RecordTree)])
    case array([RecordTree])
    case text(String)

    /// Changes the member at a path, such as `refresh_tokens.0.scopes`; nil takes it out.
    mutating func set(_ path: ArraySlice<Substring>, to value: RecordTree?) {
        guard let step = path.first else { return }
        let rest = path.dropFirst()
        switch self {
        case .object(var members):
            let index = members.firstIndex { $0.name == step }
            if !rest.isEmpty {
                var inner = index.map { members[$0].value } ?? .object([])
                inner.set(rest, to: value)
                if let index { members[index].value = inner } else { members.append((String(step), inner)) }
            } else if let index {
                if let value { members[index].value = value } else { members.remove(at: index) }
            } else if let value {
                members.append((String(step), value))
            }
            self = .object(members)
        case .array(var elements):
            guard let index = Int(step), elements.indices.contains(index) else { return }
            if rest.isEmpty, let value { elements[index] = value } else { elements[index].set(rest, to: value) }
            self = .array(elements)
        case .text:
            self = .object([])
            set(path, to: value)
        }
    }

    var text: String {
        switch self {
        case .object(let members): "{" + members.map { "\"\($0.name)\":\($0.value.text)" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .text(let text): text
        }
    }
}

extension RecordTree: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    init(stringLiteral text: String) { self = .text(text) }
}

extension RecordTree: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral members: (String, RecordTree)...) { self = .object(members.map { ($0.0, $0.1) }) }
}

extension RecordTree: ExpressibleByArrayLiteral {
    init(arrayLiteral elements: RecordTree...) { self = .array(elements) }
}
