import Bytes

/// Turns bytes as they arrive into whole replies of the Redis serialization protocol, version 3; bounded, and into storage that is used
/// again. What version 2 writes is read as well, because a server answers by that until it agrees to the other.
///
/// Attributes and strings of unknown length are refused: no command of ours brings them.
package struct RESP3Reader: ~Copyable {
    /// How deep aggregates may stand in each other, as with hiredis's reader.
    private static let deepest = 7
    /// What a line has beside the bytes of a string: its type, a length, and its end.
    private static let framing = 32
    /// Above this the storage is given back after the reply that needed it.
    private static let keptCapacity = 64 << 10

    /// A string whose length is known, and that has not come whole.
    private struct Blob {
        let type: UInt8
        /// Where it stands in `bytes`.
        let start: Int
        /// So many of its bytes are missing, and then so many of the line's end.
        var missing: Int
        var end = 2
    }

    private let limits: ReplyReader.Limits
    /// The reply that comes, as far as it is known.
    private var nodes: [RESP3Node] = []
    private var bytes: [UInt8] = []
    /// How many elements each aggregate lacks that is not whole, the outermost first.
    private var missing: [Int] = []
    /// The line that comes, its type first.
    private var line: [UInt8] = []
    private var blob: Blob?

    package init(limits: ReplyReader.Limits = ReplyReader.Limits()) {
        self.limits = limits
        nodes.reserveCapacity(8)
        bytes.reserveCapacity(4 << 10)
    }

    /// Takes bytes as they came from the socket.
    ///
    /// - Parameter take: gets each reply that is whole by them, and says whether it wants another.
    package mutating func read(_ bytes: RawSpan, each take: (RESP3Reply) -> Bool) throws(ReplyError) {
        var rest = bytes
        while !rest.isEmpty {
            if blob == nil { try readLine(of: &rest) } else { try readBlob(of: &rest) }
            guard !nodes.isEmpty, missing.isEmpty, blob == nil else { continue }
            let wantsMore = take(RESP3Reply(nodes: nodes, bytes: self.bytes))
            nodes.removeAll(keepingCapacity: nodes.count < Self.keptCapacity / MemoryLayout<RESP3Node>.stride)
            self.bytes.removeAll(keepingCapacity: self.bytes.count <= Self.keptCapacity)
            guard wantsMore else { return }
        }
    }

    private mutating func readLine(of rest: inout RawSpan) throws(ReplyError) {
        var length = 0
        while length < rest.byteCount, rest[byte: length] != UInt8(ascii: "\n") { length += 1 }
        guard line.count + length <= limits.bytes - bytes.count + Self.framing else { throw .tooLarge }
        line.append(copying: rest.extracting(first: length))
        let isWhole = length < rest.byteCount
        rest = rest.extracting(droppingFirst: length + (isWhole ? 1 : 0))
        guard isWhole else { return }
        guard line.popLast() == UInt8(ascii: "\r"), let type = line.first else { throw .malformed }
        try take(line[1...], of: type)
        line.removeAll(keepingCapacity: line.count <= Self.keptCapacity)
    }

    /// A line has come: all of an element, or what a string or an aggregate begins with.
    private mutating func take(_ text: ArraySlice<UInt8>, of type: UInt8) throws(ReplyError) {
        switch type {
        case UInt8(ascii: "+"): try add(text, as: RESP3Node.status)
        case UInt8(ascii: "-"): try add(text, as: RESP3Node.error)
        case UInt8(ascii: ","):
            guard RESP3Number.isDouble(text) else { throw .malformed }
            try add(text, as: RESP3Node.double)
        case UInt8(ascii: "("):
            guard RESP3Number.isInteger(text) else { throw .malformed }
            try add(text, as: RESP3Node.bigNumber)
        case UInt8(ascii: ":"): try add(.integer(RESP3Number.integer(text)))
        case UInt8(ascii: "#"):
            guard text == [UInt8(ascii: "t")] || text == [UInt8(ascii: "f")] else { throw .malformed }
            try add(.boolean(text == [UInt8(ascii: "t")]))
        case UInt8(ascii: "_"):
            guard text.isEmpty else { throw .malformed }
            try add(.null)
        case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="): try beginString(of: type, text)
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"), UInt8(ascii: "%"):
            try beginAggregate(of: type, text)
        default: throw .malformed
        }
    }

    // MARK: Strings

    private mutating func beginString(of type: UInt8, _ text: ArraySlice<UInt8>) throws(ReplyError) {
        let length = try RESP3Number.integer(text)
        // As version 2 writes that there is none.
        if type == UInt8(ascii: "$"), length == -1 { return try add(.null) }
        guard length >= 0 else { throw .malformed }
        guard length <= limits.bytes - bytes.count else { throw .tooLarge }
        blob = Blob(type: type, start: bytes.count, missing: Int(length))
    }

    private mutating func readBlob(of rest: inout RawSpan) throws(ReplyError) {
        guard var blob else { return }
        let piece = rest.extracting(first: blob.missing)
        bytes.append(copying: piece)
        blob.missing -= piece.byteCount
        rest = rest.extracting(droppingFirst: piece.byteCount)
        while blob.missing == 0, blob.end > 0, !rest.isEmpty {
            guard rest[byte: 0] == UInt8(ascii: blob.end == 2 ? "\r" : "\n") else { throw .malformed }
            blob.end -= 1
            rest = rest.extracting(droppingFirst: 1)
        }
        guard blob.missing == 0, blob.end == 0 else { return self.blob = blob }
        self.blob = nil
        let range = blob.start..<bytes.count
        switch blob.type {
        case UInt8(ascii: "!"): try add(.error(range))
        case UInt8(ascii: "="):
            // Its kind, of three letters, and a colon.
            guard range.count >= 4, bytes[range.lowerBound + 3] == UInt8(ascii: ":") else { throw .malformed }
            try add(.verbatim(range.dropFirst(4)))
        default: try add(.bulk(range))
        }
    }

    private mutating func add(_ text: ArraySlice<UInt8>, as node: (Range<Int>) -> RESP3Node) throws(ReplyError) {
        guard text.count <= limits.bytes - bytes.count else { throw .tooLarge }
        let start = bytes.count
        bytes += text
        try add(node(start..<bytes.count))
    }

    // MARK: Elements

    private mutating func add(_ node: RESP3Node) throws(ReplyError) {
        guard nodes.count < limits.nodes else { throw .tooLarge }
        nodes.append(node)
        // One that is whole may be the last of others.
        while let last = missing.popLast() {
            guard last > 1 else { continue }
            missing.append(last - 1)
            return
        }
    }

    private mutating func beginAggregate(of type: UInt8, _ text: ArraySlice<UInt8>) throws(ReplyError) {
        let count = try RESP3Number.integer(text)
        if type == UInt8(ascii: "*"), count == -1 { return try add(.null) }
        guard count >= 0 else { throw .malformed }
        guard count <= limits.nodes else { throw .tooLarge }
        let number = Int(count)
        let node: RESP3Node
        switch type {
        case UInt8(ascii: "*"): node = .array(number)
        case UInt8(ascii: "~"): node = .set(number)
        case UInt8(ascii: "%"): node = .map(number)
        default:
            // It stands alone, and says what it is.
            guard nodes.isEmpty, number > 0 else { throw .malformed }
            node = .push(number)
        }
        let elements = type == UInt8(ascii: "%") ? 2 * number : number
        guard elements > 0 else { return try add(node) }
        guard missing.count < Self.deepest else { throw .malformed }
        guard elements < limits.nodes - nodes.count else { throw .tooLarge }
        nodes.append(node)
        missing.append(elements)
    }
}

/// Numbers as the protocol writes them.
private enum RESP3Number {
    static func integer(_ text: ArraySlice<UInt8>) throws(ReplyError) -> Int64 {
        guard isInteger(text), text.count <= 20 else { throw .malformed }
        let isNegative = text.first == UInt8(ascii: "-")
        var value: Int64 = 0
        for byte in text where byte.isDigit {
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (product, hasOverflown) = value.multipliedReportingOverflow(by: 10)
            // Downwards, because the least one has no counterpart.
            let (sum, isTooFar) = product.subtractingReportingOverflow(digit)
            guard !hasOverflown, !isTooFar else { throw .malformed }
            value = sum
        }
        guard !isNegative else { return value }
        guard value != .min else { throw .malformed }
        return -value
    }

    /// `[+|-]<digits>`
    static func isInteger(_ text: ArraySlice<UInt8>) -> Bool {
        let digits = text.dropSign()
        return !digits.isEmpty && digits.allSatisfy(\.isDigit)
    }

    /// `inf`, `-inf`, `nan`, or `[+|-]<digits>[.<digits>][e|E[+|-]<digits>]`
    static func isDouble(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text.dropSign()
        if rest.elementsEqual("inf".utf8) { return text.first != UInt8(ascii: "+") }
        if text.elementsEqual("nan".utf8) { return true }
        guard rest.dropDigits() else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard rest.dropDigits() else { return false }
        }
        guard let mark = rest.first else { return true }
        return mark.lowercased == UInt8(ascii: "e") && isInteger(rest.dropFirst())
    }
}

extension ArraySlice<UInt8> {
    fileprivate func dropSign() -> ArraySlice<UInt8> {
        first == UInt8(ascii: "+") || first == UInt8(ascii: "-") ? dropFirst() : self
    }

    /// - Returns: whether there were any.
    fileprivate mutating func dropDigits() -> Bool {
        let digits = prefix(while: \.isDigit)
        self = dropFirst(digits.count)
        return !digits.isEmpty
    }
}
