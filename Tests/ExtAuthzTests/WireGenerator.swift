/// Makes bytes that are a `CheckRequest` or nearly one: everything that the binary format of Protocol Buffers allows and writers don't
/// do, and mistakes.
struct WireGenerator {
    /// A kind of value.
    indirect enum Kind: Sendable {
        case text
        case bytes
        case message([Part])
        /// Text under text in a map.
        case entry
    }

    struct Part: Sendable {
        let number: UInt64
        let kind: Kind

        init(_ number: UInt64, _ kind: Kind) { (self.number, self.kind) = (number, kind) }
    }

    private static let header = Kind.message([Part(1, .text), Part(2, .text), Part(3, .bytes)])
    private static let list = Kind.message([Part(1, header), Part(1, header)])
    private static let http = Kind.message([
        Part(2, .text), Part(3, .entry), Part(3, .entry), Part(4, .text), Part(13, list),
    ])
    private static let attributes = Kind.message([
        Part(4, .message([Part(2, http)])), Part(10, .entry), Part(10, .entry),
    ])
    /// `CheckRequest`, as far as it is read.
    static let request = Kind.message([Part(1, attributes)])
    static let health = Kind.message([Part(1, .text)])

    private static let texts = [
        "cookie", "cookie", "Cookie", "authorization", "authorization", "user-agent", "x-forwarded-for", "accept",
        "endpoint",
        "policy", "require", "resolve", "x_authgear_user_id", "X-Authgear-A", "a=1", "a=1,b=2; c=3", "session=a.b",
        "Bearer t",
        "Bearer a,Bearer b", "dpop x", "GET", "/x?y", "", "", "é€😀", "envoy.service.auth.v3.Authorization",
        String(repeating: "z", count: 200),
    ]
    /// What is no UTF-8 (RFC 3629 section 3), and control bytes.
    private static let oddTexts: [[UInt8]] = [
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x61, 0xE2, 0x82], [0xE0, 0x9F, 0xBF],
        [0xF0, 0x8F, 0xBF, 0xBF], [0x80], [0x61, 0x0D, 0x0A], [0], [9, 0x61],
    ]

    private var state: UInt64

    init(seed: UInt64) { state = seed &* 2 &+ 1 }

    private mutating func number(below bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }

    /// True once in so many times.
    private mutating func isOne(in count: Int) -> Bool { number(below: count) == 0 }

    /// A message of this kind. Half of them have bytes changed afterwards, at random.
    mutating func message(_ kind: Kind) -> [UInt8] {
        var bytes = value(kind)
        guard isOne(in: 2) else { return bytes }
        for _ in 0...number(below: 3) { mutate(&bytes) }
        return bytes
    }

    private mutating func value(_ kind: Kind) -> [UInt8] {
        switch kind {
        case .text, .bytes:
            if isOne(in: 60) { return Self.oddTexts[number(below: Self.oddTexts.count)] }
            return Array(Self.texts[number(below: Self.texts.count)].utf8)
        // Another wire type than text's is skipped there, too; but the oracle loses its place then.
        case .entry: return fields([Part(1, .text), Part(2, .text)], mistypedOnce: Int.max)
        case .message(let parts): return fields(parts, mistypedOnce: 40)
        }
    }

    /// - Parameter rarity: in so many fields one has another wire type than its number.
    private mutating func fields(_ parts: [Part], mistypedOnce rarity: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in parts {
            // Most come once; some not at all, or again, which merges messages.
            let count = [0, 1, 1, 1, 1, 1, 2, 3][number(below: 8)]
            for _ in 0..<count {
                if isOne(in: 10) { bytes += unknown(depth: 0) }
                bytes += isOne(in: rarity) ? scalar(field.number) : delimited(field.number, value(field.kind))
            }
        }
        return bytes
    }

    /// A field's number and wire type, in at most five groups: the oracle takes more in some places and refuses them in others.
    private mutating func tag(_ number: UInt64, _ type: UInt64) -> [UInt8] { varint(number << 3 | type, most: 5) }

    /// A number in groups of seven bits, sometimes in more than it needs.
    private mutating func varint(_ value: UInt64, most: Int = 12) -> [UInt8] {
        var (bytes, rest) = ([UInt8](), value)
        repeat {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        } while rest > 0
        if isOne(in: 20) { bytes += [UInt8](repeating: 0x80, count: number(below: most + 1 - bytes.count)) }
        // The tenth group holds one bit, and what is beyond it is dropped.
        if bytes.count == 10, isOne(in: 2) { bytes[9] |= 0x7E }
        bytes[bytes.count - 1] &= 0x7F
        return bytes
    }

    private mutating func delimited(_ number: UInt64, _ value: [UInt8]) -> [UInt8] {
        let tag = self.tag(number, 2)
        return tag + varint(UInt64(value.count)) + value
    }

    /// A field whose value is a number.
    private mutating func scalar(_ number: UInt64) -> [UInt8] {
        switch self.number(below: 3) {
        case 0:
            let tag = self.tag(number, 0)
            return tag + varint(state)
        case 1: return tag(number, 1) + [UInt8](repeating: 7, count: 8)
        default: return tag(number, 5) + [1, 2, 3, 4]
        }
    }

    /// A field of a number that nobody asks for, groups among them.
    private mutating func unknown(depth: Int) -> [UInt8] {
        let number = [5, 15, 16, 100, 2_047, 1 << 28][self.number(below: 6)] as UInt64
        switch self.number(below: 3) {
        case 0: return delimited(number, [1, 2, 3])
        case 1 where depth < 4:
            var bytes = tag(number, 3)
            for _ in 0..<self.number(below: 3) { bytes += unknown(depth: depth + 1) }
            // Its end may be missing, or another's.
            return bytes + (isOne(in: 30) ? [] : tag(isOne(in: 30) ? 3 : number, 4))
        default: return scalar(number)
        }
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = number(below: bytes.count)
        switch number(below: 6) {
        case 0: bytes[place] ^= 1 << UInt8(number(below: 8))
        case 1: bytes[place] = UInt8(number(below: 256))
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(UInt8(number(below: 256)), at: place)
        case 4: bytes.removeLast(number(below: min(bytes.count, 8)))
        default: bytes += bytes[place..<min(bytes.count, place + number(below: 40))]
        }
    }
}
