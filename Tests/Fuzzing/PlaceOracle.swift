import Bytes
import JOSE

/// What stands at a place of some claims, by a walk over their tree.
struct PlaceOracle {
    /// The place, and those in which it stands else.
    let chain: [ClaimPlace]
    /// Which of them has something; nil: none.
    let found: Int?
    let value: JSONTree?

    init(_ place: ClaimPlace, of claims: JSONTree, nullIsAbsent: Bool) {
        var chain = [place]
        while let next = chain.last?.alternatives.first { chain.append(next) }
        let values = chain.map { Self.walk($0.path, claims, nullIsAbsent: nullIsAbsent) }
        self.chain = chain
        found = values.firstIndex { $0 != nil }
        value = found.flatMap { values[$0] }
    }

    private static func walk(_ path: [[UInt8]], _ claims: JSONTree, nullIsAbsent: Bool) -> JSONTree? {
        var value = claims
        for name in path {
            guard let member = value.members?.first(where: { $0.name == name }) else { return nil }
            value = member.value
        }
        return nullIsAbsent && value == .null ? nil : value
    }

    private var reading: ClaimPlace.Reading { chain[found ?? 0].reading }

    var text: [UInt8]? { value?.string }

    var number: Double? {
        if case .number(let text)? = value { Double(String(decoding: text, as: UTF8.self)) } else { nil }
    }

    var boolean: Bool? {
        guard let value else { return nil }
        switch (reading, value) {
        case (.equals(.text(let text)), _): return value == .string(text)
        case (.equals(.number(let expected)), _): return number == expected
        case (.equals(.boolean(let expected)), _): return value == .boolean(expected)
        case (_, .boolean(let flag)): return flag
        default: return nil
        }
    }

    var list: [[UInt8]]? {
        switch (reading, value) {
        case (.whole, .string(let single)?): return chain[found ?? 0].takesSingle ? [single] : nil
        case (.whole, .array(let items)?): return Self.all(items.map(\.string))
        case (.split(let separator), .string(let text)?):
            return text.split(separator: separator).compactMap { part in
                let bounds = part.indices.filter { part[$0] != UInt8(ascii: " ") }
                guard let first = bounds.first, let last = bounds.last else { return nil }
                return Array(part[first...last])
            }
        case (.names, .object(let members)?): return members.map(\.name)
        case (.each(let name), .array(let items)?):
            return Self.all(items.map { item in item.members?.first { $0.name == name }?.value.string })
        default: return nil
        }
    }

    private static func all(_ items: [[UInt8]?]) -> [[UInt8]]? {
        items.contains(nil) ? nil : items.compactMap(\.self)
    }

    /// What becomes of it in a header that needs no encoding.
    enum HeaderItems: Equatable {
        case one([UInt8])
        case several([[UInt8]])

        var joined: [UInt8] {
            switch self {
            case .one(let item): item
            case .several(let items): Array(items.joined(separator: [UInt8(ascii: ",")]))
            }
        }
    }

    var headerItems: HeaderItems? {
        guard let value else { return nil }
        switch (reading, value) {
        case (.equals, _): return boolean.map { .one(Array("\($0)".utf8)) }
        case (.whole, .array(let items)): return Self.all(items.map(\.scalar)).map { .several($0) }
        case (.whole, _): return value.scalar.map { .one($0) }
        default: return list.map { .several($0) }
        }
    }
}

extension JSONTree {
    var members: [(name: [UInt8], value: JSONTree)]? { if case .object(let members) = self { members } else { nil } }

    var string: [UInt8]? { if case .string(let text) = self { text } else { nil } }

    /// A string, a boolean or a whole number within ±2⁵³.
    fileprivate var scalar: [UInt8]? {
        switch self {
        case .string(let text): return text
        case .boolean(let flag): return Array("\(flag)".utf8)
        case .number(let text):
            let digits = text.drop { $0 == UInt8(ascii: "-") }
            guard digits.allSatisfy(\.isDigit), digits.count <= 16,
                let number = Int64(String(decoding: text, as: UTF8.self)), abs(number) <= 9_007_199_254_740_992
            else { return nil }
            return Array("\(number)".utf8)
        case .object, .array, .null: return nil
        }
    }
}

extension ClaimPlace {
    /// A place as a configuration has it, where it is one: a name, a list of names, or an object with `claim`.
    init?(written: JSONTree) {
        if let path = Self.path(written) {
            self.init(path)
            return
        }
        var (path, reading, other): ([[UInt8]]?, Reading?, ClaimPlace?)
        for (name, value) in written.members ?? [] {
            let isFirst = reading == nil
            switch (String(decoding: name, as: UTF8.self), value) {
            case ("claim", _): path = Self.path(value)
            case ("or", _):
                guard let place = ClaimPlace(written: value) else { return nil }
                other = place
            case ("split", .string(let separator)) where isFirst:
                reading = .split(separator == Array("comma".utf8) ? UInt8(ascii: ",") : UInt8(ascii: " "))
            case ("keys", .boolean(true)) where isFirst: reading = .names
            case ("each", .string(let name)) where isFirst: reading = .each(name)
            case ("equals", _) where isFirst:
                guard let expected = ClaimValue(written: value) else { return nil }
                reading = .equals(expected)
            default: return nil
            }
        }
        guard let path else { return nil }
        self.init(path, reading: reading ?? .whole, or: other)
    }

    private static func path(_ written: JSONTree) -> [[UInt8]]? {
        if let name = written.string { return name.count <= 256 ? [name] : nil }
        guard case .array(let steps) = written, (1...maximumSteps).contains(steps.count) else { return nil }
        let names = steps.compactMap(\.string)
        return names.count == steps.count && names.allSatisfy { $0.count <= 256 } ? names : nil
    }
}

extension ClaimValue {
    fileprivate init?(written: JSONTree) {
        switch written {
        case .string(let text): self = .text(text)
        case .boolean(let flag): self = .boolean(flag)
        case .number(let text):
            guard let number = Double(String(decoding: text, as: UTF8.self)), number.magnitude < 0x1p53 else {
                return nil
            }
            self = .number(number)
        case .object, .array, .null: return nil
        }
    }
}
