import Bytes
import Testing

/// What our reader accepts, Foundation accepts too, and both make the same of it.
///
/// Not the other way round: Foundation takes a byte order mark, UTF-16, deeper nesting and duplicate names. Where the two
/// differ on what we accept, Foundation is left out of the comparison:
/// - it refuses a number too large for a `Double`;
/// - of a number with many digits it does not always find the nearest `Double`, only one close by;
/// - it drops a byte order mark at the start of a string.
@Suite struct JSONOracleTests {
    @Test(arguments: JSONCorpus.right)
    func `right texts mean the same to both`(text: String) {
        #expect(difference(Array(text.utf8)) == nil)
    }

    @Test(arguments: JSONCorpus.right)
    func `each bit of a right text flipped`(text: String) {
        let right = Array(text.utf8)
        for index in right.indices {
            for bit in 0..<8 {
                var other = right
                other[index] ^= 1 << UInt8(bit)
                #expect(difference(other) == nil)
            }
        }
    }

    @Test func `each byte of a small text replaced by each other`() {
        let right = Array(#"{"a":[1.5e3,"\u00e9é"],"b":null}"#.utf8)
        for index in right.indices {
            for byte in UInt8.min ... .max {
                var other = right
                other[index] = byte
                #expect(difference(other) == nil)
            }
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `thousands of generated mutations`(seed: UInt64) {
        var mutator = JSONMutator(seed: seed)
        var accepted = 0
        for _ in 0..<1000 {
            let text = mutator.next()
            if (try? JSONValue(text)) != nil { accepted += 1 }
            #expect(difference(text) == nil)
            let read = problem(text, .refused)
            #expect(read == .tooDeep || problem(text, .passedOver) == read)
        }
        // A generator that makes nothing but rubbish, or nothing wrong, would test nothing.
        #expect((100..<900).contains(accepted))
    }

    private func problem(_ text: [UInt8], _ deepValues: JSONReader.DeepValues) -> JSONError? {
        var reader = JSONReader(text.span.bytes, deepValues: deepValues)
        do throws(JSONError) {
            try reader.finish()
            return nil
        } catch {
            return error
        }
    }

    /// What the two make of a text, in words, when they differ and ours accepts it.
    private func difference(_ text: [UInt8]) -> String? {
        guard let ours = try? JSONValue(text), ours.isFinite else { return nil }
        let theirs = JSONValue(foundation: text)
        if let theirs, ours.isAsFoundationReads(theirs) { return nil }
        return "\(String(decoding: text, as: UTF8.self)): \(ours) but \(String(describing: theirs))"
    }
}

extension JSONValue {
    fileprivate var isFinite: Bool {
        switch self {
        case .number(let number): number.isFinite
        case .array(let elements): elements.allSatisfy(\.isFinite)
        case .object(let members): members.values.allSatisfy(\.isFinite)
        default: true
        }
    }

    fileprivate func isAsFoundationReads(_ theirs: JSONValue) -> Bool {
        switch (self, theirs) {
        case (.number(let ours), .number(let theirs)):
            abs(ours - theirs) <= abs(ours) * 1e-14
        case (.string(let ours), .string(let theirs)):
            ours == theirs || ours == "\u{FEFF}" + theirs
        case (.array(let ours), .array(let theirs)):
            ours.count == theirs.count && zip(ours, theirs).allSatisfy { $0.isAsFoundationReads($1) }
        case (.object(let ours), .object(let theirs)):
            ours.count == theirs.count
                && ours.allSatisfy { name, value in theirs[name].map(value.isAsFoundationReads) == true }
        default: self == theirs
        }
    }
}
