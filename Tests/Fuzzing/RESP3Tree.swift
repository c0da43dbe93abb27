import Bytes
import Redis

/// A reply of RESP3 as a tree: an oracle that reads whole texts by recursion, as the specification puts it, and knows no pieces.
indirect enum RESP3Tree: Equatable {
    case status([UInt8]), error([UInt8]), bulk([UInt8]), verbatim([UInt8]), double([UInt8]), bigNumber([UInt8])
    case integer(Int64), boolean(Bool), null
    case array([RESP3Tree]), set([RESP3Tree]), push([RESP3Tree]), map([RESP3Tree])

    /// What is wrong with a text.
    enum Problem: Error {
        case wrong
        /// It ends before the reply does.
        case short
    }

    /// Reads one reply off the text.
    init(_ text: inout ArraySlice<UInt8>, depth: Int = 0) throws(Problem) {
        guard let end = text.firstIndex(of: UInt8(ascii: "\n")) else { throw .short }
        let line = text[..<end]
        text = text[text.index(after: end)...]
        guard line.count > 1, line.last == UInt8(ascii: "\r"), let type = line.first else { throw .wrong }
        let rest = Array(line.dropFirst().dropLast())
        switch Character(Unicode.Scalar(type)) {
        case "+": self = .status(rest)
        case "-": self = .error(rest)
        case ":": self = .integer(try Self.integer(rest))
        case "#" where rest == [UInt8(ascii: "t")]: self = .boolean(true)
        case "#" where rest == [UInt8(ascii: "f")]: self = .boolean(false)
        case "_" where rest.isEmpty: self = .null
        case "," where Self.isDouble(rest): self = .double(rest)
        case "(" where Self.matches(rest, /[+-]?[0-9]+/): self = .bigNumber(rest)
        case "$", "*":
            if rest == Array("-1".utf8) || Self.isMinusOne(rest) {
                self = .null
                return
            }
            fallthrough
        case "!", "=", "~", ">", "%": self = try Self.counted(type, rest, &text, depth: depth)
        default: throw .wrong
        }
    }

    private static func counted(
        _ type: UInt8, _ rest: [UInt8], _ text: inout ArraySlice<UInt8>, depth: Int
    ) throws(Problem) -> RESP3Tree {
        let count = try integer(rest)
        guard count >= 0 else { throw .wrong }
        switch Character(Unicode.Scalar(type)) {
        case "$": return .bulk(try string(Int(count), &text))
        case "!": return .error(try string(Int(count), &text))
        case "=":
            let string = try string(Int(count), &text)
            guard string.count >= 4, string[3] == UInt8(ascii: ":") else { throw .wrong }
            return .verbatim(Array(string.dropFirst(4)))
        case "*": return .array(try elements(count, &text, depth: depth))
        case "~": return .set(try elements(count, &text, depth: depth))
        case "%":
            guard count < 1 << 20 else { throw .wrong }
            return .map(try elements(2 * count, &text, depth: depth))
        default:
            guard depth == 0, count > 0 else { throw .wrong }
            return .push(try elements(count, &text, depth: depth))
        }
    }

    private static func string(_ count: Int, _ text: inout ArraySlice<UInt8>) throws(Problem) -> [UInt8] {
        guard count <= text.count else { throw .short }
        let string = Array(text.prefix(count))
        text = text.dropFirst(count)
        let end = text.prefix(2)
        guard Array("\r\n".utf8).starts(with: end) else { throw .wrong }
        guard end.count == 2 else { throw .short }
        text = text.dropFirst(2)
        return string
    }

    private static func elements(
        _ count: Int64, _ text: inout ArraySlice<UInt8>, depth: Int
    ) throws(Problem) -> [RESP3Tree] {
        guard count == 0 || depth < 7 else { throw .wrong }
        // More than there can be are short, and not worth room.
        guard count <= text.count else { throw .short }
        var elements: [RESP3Tree] = []
        for _ in 0..<count { elements.append(try RESP3Tree(&text, depth: depth + 1)) }
        return elements
    }

    private static func integer(_ text: [UInt8]) throws(Problem) -> Int64 {
        guard matches(text, /[+-]?[0-9]+/), text.count <= 20,
            let number = Int64(String(decoding: text, as: UTF8.self))
        else { throw .wrong }
        return number
    }

    private static func isMinusOne(_ text: [UInt8]) -> Bool { (try? integer(text)) == -1 }

    private static func isDouble(_ text: [UInt8]) -> Bool {
        matches(text, /inf|-inf|nan|[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/)
    }

    private static func matches(_ text: [UInt8], _ pattern: some RegexComponent) -> Bool {
        String(validating: text, as: UTF8.self)?.wholeMatch(of: pattern) != nil
    }
}

extension RESP3Tree {
    /// The same of what the reader gives.
    init(_ reply: RESP3Reply) {
        var rest = reply.nodes[...]
        self.init(&rest, of: reply)
    }

    private init(_ rest: inout ArraySlice<RESP3Node>, of reply: RESP3Reply) {
        func bytes(_ range: Range<Int>) -> [UInt8] { reply.withBytes(at: range) { [UInt8](copying: $0) } }
        func elements(_ count: Int) -> [RESP3Tree] { (0..<count).map { _ in RESP3Tree(&rest, of: reply) } }
        switch rest.removeFirst() {
        case .status(let range): self = .status(bytes(range))
        case .error(let range): self = .error(bytes(range))
        case .bulk(let range): self = .bulk(bytes(range))
        case .verbatim(let range): self = .verbatim(bytes(range))
        case .double(let range): self = .double(bytes(range))
        case .bigNumber(let range): self = .bigNumber(bytes(range))
        case .integer(let number): self = .integer(number)
        case .boolean(let value): self = .boolean(value)
        case .null: self = .null
        case .array(let count): self = .array(elements(count))
        case .set(let count): self = .set(elements(count))
        case .push(let count): self = .push(elements(count))
        case .map(let count): self = .map(elements(2 * count))
        }
    }
}
