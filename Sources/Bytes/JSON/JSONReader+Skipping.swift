/// Passing over values of any depth: one bit for each container that is open, and no recursion.
extension JSONReader {
    /// Passes over the array or object that comes next, checking all of it.
    mutating func skipContainers() throws(JSONError) {
        var open = OpenContainers()
        repeat {
            try beginValue(open: &open)
            while place == .end, let isObject = open.innermost {
                try endValue(inObject: isObject, open: &open)
            }
        } while open.innermost != nil
    }

    /// A value begins: passes over it, or goes into it.
    private mutating func beginValue(open: inout OpenContainers) throws(JSONError) {
        guard let kind, kind == .object || kind == .array else { return try skipValue() }
        let isObject = kind == .object
        open.append(isObject: isObject)
        position += 1
        skipSpace()
        if try peek() == Self.closing(isObject: isObject) {
            place = .end
            try close(open: &open)
        } else if isObject {
            _ = try scanName()
        }
    }

    /// A value has ended within a container: goes to the next, or out of it.
    private mutating func endValue(inObject isObject: Bool, open: inout OpenContainers) throws(JSONError) {
        skipSpace()
        if try peek() == Self.closing(isObject: isObject) { return try close(open: &open) }
        guard try peek() == UInt8(ascii: ",") else { throw .unexpectedByte }
        position += 1
        skipSpace()
        if isObject { _ = try scanName() }
        place = .value
    }

    private mutating func close(open: inout OpenContainers) throws(JSONError) {
        position += 1
        open.removeLast()
        place = .end
    }

    private static func closing(isObject: Bool) -> UInt8 { isObject ? UInt8(ascii: "}") : UInt8(ascii: "]") }
}

/// The containers that are open, from the outermost: whether each is an object.
private struct OpenContainers {
    /// The innermost 64 at most, the last one in the lowest bit; and those around them, 64 in a word.
    private var word: UInt64 = 0
    private var outer: [UInt64] = []
    private var count = 0

    var innermost: Bool? { count == 0 ? nil : word & 1 == 1 }

    mutating func append(isObject: Bool) {
        if count > 0, count & 63 == 0 { outer.append(word) }
        word = word << 1 | (isObject ? 1 : 0)
        count += 1
    }

    mutating func removeLast() {
        count -= 1
        word >>= 1
        if count & 63 == 0, let last = outer.popLast() { word = last }
    }
}
