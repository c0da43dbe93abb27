import Bytes

/// Decodes strings of the Huffman code of header compression (RFC 7541 section 5.2 and appendix B).
///
/// It knows the characters whose codes have at most eight bits: all that tokens and most cookies are made of. What has another one
/// is left to libnghttp2, which gives the same and is the oracle of the tests.
final class HuffmanCode: Sendable {
    static let shared = HuffmanCode()

    /// Those characters by the lengths of their codes. The code is canonical: codes of one length count up in the order of their
    /// characters, and those of the next length go on from there.
    private static let characters: [(length: Int, String)] = [
        (5, "012aceiost"), (6, " %-./3456789=A_bdfghlmnpru"), (7, ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"), (8, "&*,;XZ"),
    ]
    private static let longest = 8
    /// How many bits are looked at at once: nearly always two characters. What takes the time is that one look has to wait for how
    /// many bits the one before took; so that is a table by itself, which is small enough to stay at hand.
    private static let width = 14

    /// For each `width` bits, how many of them the one or two characters take that they begin with; more than `longest` is two.
    /// Zero: they begin with one that is not known.
    private let lengths: [UInt8]
    /// For each eight bits the character that they begin with, and below it the length of its code.
    private let characters: [UInt16]

    private init() {
        var characters = [UInt16](repeating: 0, count: 1 << Self.longest)
        var next = 0
        for (length, group) in Self.characters {
            for character in group.utf8 {
                let codes = next..<next + 1 << (Self.longest - length)
                for code in codes { characters[code] = UInt16(character) << 8 | UInt16(length) }
                next = codes.upperBound
            }
        }
        self.characters = characters
        lengths = (0..<1 << Self.width).map { window in
            let first = Int(characters[window >> (Self.width - Self.longest)] & 0xFF)
            guard first > 0 else { return 0 }
            let rest = (window << first) >> (Self.width - Self.longest) & 0xFF
            let second = Int(characters[rest] & 0xFF)
            return UInt8(second > 0 && first + second <= Self.width ? first + second : first)
        }
    }

    /// How many bytes `decode` may write: the shortest code has five bits, and two bytes are written at each look.
    static func room(for string: Int) -> Int { string * 8 / 5 + 2 }

    /// Writes what a string stands for.
    ///
    /// - Parameters:
    ///   - text: has `room` behind `start`, of which what is not used may have changed as well.
    /// - Returns: where it ends; nil when the string is malformed, or has an unknown character.
    func decode(_ string: RawSpan, into text: inout [UInt8], at start: Int) -> Int? {
        var span = text.mutableSpan
        var text = unsafe span.mutableBytes
        // What is looked at next is at the top; `count` bits of it are the string's.
        var (bits, count): (UInt64, UInt64) = (0, 0)
        var (offset, end) = (0, start)
        while string.byteCount - offset >= 8 {
            bits |= string[word: offset].byteSwapped &>> count
            offset &+= Int(truncatingIfNeeded: (63 &- count) >> 3)
            count |= 56
            for _ in 0..<4 {
                let length = UInt64(lengths[Int(truncatingIfNeeded: bits >> (64 - UInt64(Self.width)))])
                guard length > 0 else { return nil }
                let first = characters[Int(truncatingIfNeeded: bits >> 56)]
                let second = characters[Int(truncatingIfNeeded: (bits &<< UInt64(first & 0xFF)) >> 56)]
                text.storeBytes(of: (first >> 8 | second & 0xFF00).littleEndian, toByteOffset: end, as: UInt16.self)
                end &+= length > Self.longest ? 2 : 1
                bits = bits &<< length
                count &-= length
            }
        }
        return decodeEnd(string, from: offset, bits, count, into: &text, at: end)
    }

    /// Goes on with the last bytes, a character at a time. A string is filled up to a byte with ones, of which no known code is made:
    /// so there are ones behind it.
    private func decodeEnd(
        _ string: RawSpan, from start: Int, _ bits: UInt64, _ count: UInt64, into text: inout MutableRawSpan,
        at place: Int
    ) -> Int? {
        var (bits, count, offset, end) = (bits, count, start, place)
        while true {
            // The part of a byte that came with the last word, and ones.
            bits &= ~(UInt64.max &>> count)
            while count <= 56, offset < string.byteCount {
                bits |= UInt64(string[byte: offset]) << (56 - count)
                (count, offset) = (count + 8, offset + 1)
            }
            if count < 64 { bits |= UInt64.max &>> count }
            let character = characters[Int(bits >> 56)]
            let length = UInt64(character & 0xFF)
            guard length > 0 else { return count < 8 && bits == .max ? end : nil }
            guard length <= count else { return nil }
            text.storeBytes(of: UInt8(character >> 8), toByteOffset: end, as: UInt8.self)
            (bits, count, end) = (bits << length, count - length, end + 1)
        }
    }
}
