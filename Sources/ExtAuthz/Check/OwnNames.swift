import Bytes

/// The headers that only the resolver may write, and what a backend may take for one of them.
package struct OwnNames: Hashable, Sendable {
    /// In lower case.
    let names: [[UInt8]]

    private static let beginning = Array("x-authgear-".utf8)

    /// - Parameter names: in lower case.
    package init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
    }

    /// Whether a field's name is one of them, or begins as ours do, when every character that is no letter and no digit counts
    /// as `-`, and case does not.
    func mayBe(_ name: RawSpan) -> Bool {
        if name.byteCount >= Self.beginning.count,
            Self.isSpelled(name.extracting(first: Self.beginning.count), as: Self.beginning)
        {
            return true
        }
        for own in names where own.count == name.byteCount && Self.isSpelled(name, as: own) { return true }
        return false
    }

    /// - Parameter own: as long as the name.
    private static func isSpelled(_ name: RawSpan, as own: [UInt8]) -> Bool {
        for offset in 0..<name.byteCount {
            let byte = name[byte: offset].lowercased
            let isWord =
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            guard (isWord ? byte : UInt8(ascii: "-")) == own[offset] else { return false }
        }
        return true
    }
}
