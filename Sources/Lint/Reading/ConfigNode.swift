/// A value of a YAML or JSON document, with the line that it begins in.
package struct ConfigNode: Sendable {
    package enum Value: Sendable {
        case scalar(String)
        case list([ConfigNode])
        case map([(key: String, line: Int, value: ConfigNode)])
    }

    package var value: Value
    package var spot: Spot

    package init(_ value: Value, at spot: Spot) {
        self.value = value
        self.spot = spot
    }

    /// A member of a mapping. Its spot is that of its key.
    package subscript(_ key: String) -> ConfigNode? {
        guard case .map(let members) = value, let member = members.first(where: { $0.key == key }) else { return nil }
        return member.value.at(Spot(file: spot.file, line: member.line))
    }

    /// A member of a member.
    package subscript(_ first: String, _ rest: String...) -> ConfigNode? {
        rest.reduce(self[first]) { node, key in node?[key] }
    }

    private func at(_ spot: Spot) -> ConfigNode {
        var node = self
        node.spot = spot
        return node
    }

    package var text: String? {
        guard case .scalar(let text) = value else { return nil }
        return text
    }

    /// The items of a list.
    package var items: [ConfigNode] {
        guard case .list(let items) = value else { return [] }
        return items
    }

    /// The members of a mapping, in order.
    package var members: [(key: String, value: ConfigNode)] {
        guard case .map(let members) = value else { return [] }
        return members.map { ($0.key, $0.value.at(Spot(file: spot.file, line: $0.line))) }
    }

    /// The texts of a list, or of a scalar with commas.
    package var texts: [String] {
        if let text {
            return text.split(separator: ",").map {
                String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
        }
        return items.compactMap(\.text)
    }

    /// As YAML 1.1 has it, which Envoy and Kong read.
    package var isTrue: Bool { text.map { ["true", "yes", "on", "y"].contains($0.lowercased()) } ?? false }
    package var isFalse: Bool { text.map { ["false", "no", "off", "n"].contains($0.lowercased()) } ?? false }

    /// The same with other names of members.
    package func renamed(_ name: (String) -> String) -> ConfigNode {
        switch value {
        case .scalar: self
        case .list(let items): ConfigNode(.list(items.map { $0.renamed(name) }), at: spot)
        case .map(let members):
            ConfigNode(.map(members.map { (name($0.key), $0.line, $0.value.renamed(name)) }), at: spot)
        }
    }

    /// Every mapping of the tree that has one of these members, from the outside in.
    package func mappings(with keys: Set<String>, depth: Int = 0) -> [ConfigNode] {
        guard depth < 100 else { return [] }
        switch value {
        case .scalar: return []
        case .list(let items): return items.flatMap { $0.mappings(with: keys, depth: depth + 1) }
        case .map(let members):
            let own = members.contains { keys.contains($0.key) } ? [self] : []
            return own + members.flatMap { $0.value.mappings(with: keys, depth: depth + 1) }
        }
    }
}
