import Fixtures

/// Makes texts that are nearly JSON, the same ones for the same seed: a text of the corpus, changed in a few places.
struct JSONMutator {
    private var random: SeededGenerator

    /// What is put in: pieces of the grammar, and bytes that have no place in it.
    private static let pieces: [[UInt8]] =
        [
            "{", "}", "[", "]", ",", ":", "\"", "\\", " ", "\n", "0", "-", "1", "9", ".", "e", "E", "+", "true", "null",
            "false", "[]", "{}",
            "\"a\"", "\"a\":", #"{"a":1}"#, #"\u0061"#, #"\ud83d\ude00"#, #"\ud800"#, #"\n"#, #"\/"#, "é", "😀", "1.5e3",
            "-0.0", "a", "\u{7F}",
        ].map { Array($0.utf8) } + [[0x00], [0x1F], [0x80], [0xC3], [0xED, 0xA0, 0x80], [0xFF]]

    init(seed: UInt64) {
        self.random = SeededGenerator(seed: seed)
    }

    mutating func next() -> [UInt8] {
        var text = Array((JSONCorpus.right.randomElement(using: &random) ?? "").utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&text) }
        return text
    }

    private mutating func mutate(_ text: inout [UInt8]) {
        let place = Int.random(in: 0...text.count, using: &random)
        let end = min(text.count, place + Int.random(in: 0...4, using: &random))
        let piece = Self.pieces.randomElement(using: &random) ?? []
        switch Int.random(in: 0..<6, using: &random) {
        case 0: text.removeSubrange(place..<end)
        case 1: text.insert(contentsOf: piece, at: place)
        case 2: text.replaceSubrange(place..<end, with: piece)
        case 3: text.insert(contentsOf: text[place..<end], at: place)
        case 4: text.insert(contentsOf: Array((JSONCorpus.right.randomElement(using: &random) ?? "").utf8), at: place)
        default: text = Array("[".utf8) + text + Array(",".utf8) + text + Array("]".utf8)
        }
    }
}
