/// Which folders of a target name types of which others: what `A/X.swift` says of a type that `B/Y.swift` declares at its top
/// level makes `A` know `B`.
struct FolderGraph {
    /// From each folder to those that it knows, each with a use that shows it.
    private(set) var uses: [String: [String: String]] = [:]

    init(_ files: [SourceFile]) {
        var owners: [String: SourceFile] = [:]
        for file in files {
            for type in file.types where owners[type] == nil { owners[type] = file }
        }
        for file in files {
            for word in file.words {
                guard let owner = owners[word], owner.folder != file.folder else { continue }
                uses[file.folder, default: [:]][owner.folder] = "\(file.name): \(word) of \(owner.name)"
            }
        }
    }

    /// The folders that know themselves by way of others, and what makes them know each other.
    var circles: [String] {
        var rest = uses
        // Who knows nobody, or is known to nobody, is in no circle.
        while true {
            let known = Set(rest.values.flatMap(\.keys))
            let kept = rest.filter { known.contains($0.key) }.mapValues { others in
                others.filter { rest[$0.key] != nil }
            }.filter { !$0.value.isEmpty }
            if kept == rest { break }
            rest = kept
        }
        return rest.flatMap { folder, others in
            others.map { other, use in "\(folder) knows \(other) (\(use))" }
        }.sorted()
    }
}

extension SourceFile {
    /// From the target on: `Keys` of `Sources/JOSE/Keys/JWK.swift`, `/` when it stands in none.
    var folder: String {
        let names = path.split(separator: "/").dropFirst(2).dropLast()
        return names.isEmpty ? "/" : names.joined(separator: "/")
    }

    /// The words with a capital letter outside comments and texts; what a text interpolates counts.
    var words: Set<String> {
        var (words, word) = (Set<String>(), [UInt8]())
        var scanner = CodeScanner(text)
        while let byte = scanner.next() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                word.append(byte)
            default:
                if let first = word.first, first <= UInt8(ascii: "Z"), first >= UInt8(ascii: "A") {
                    words.insert(String(decoding: word, as: UTF8.self))
                }
                word.removeAll()
            }
        }
        return words
    }
}

/// A file's bytes without comments and without what stands in texts.
private struct CodeScanner {
    /// What encloses the place: a text that ends with this, or parentheses of an interpolation.
    private enum Enclosure {
        case text(end: [UInt8], escape: [UInt8])
        case interpolation(depth: Int)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var enclosures: [Enclosure] = []

    init(_ text: String) {
        bytes = Array((text + "\n").utf8)
    }

    /// The next byte; a blank in place of what is left out.
    mutating func next() -> UInt8? {
        switch enclosures.last {
        case .text(let end, let escape): nextInText(end: end, escape: escape)
        case .interpolation(let depth): nextInInterpolation(depth: depth)
        case nil: nextInCode()
        }
    }

    private func isAt(_ text: [UInt8]) -> Bool {
        bytes[position...].starts(with: text)
    }

    private mutating func nextInCode() -> UInt8? {
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "/") where isAt(Array("//".utf8)):
            position = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            return UInt8(ascii: " ")
        case UInt8(ascii: "\""), UInt8(ascii: "#"):
            let hashes = Array(bytes[position...].prefix { $0 == UInt8(ascii: "#") })
            let quotes = bytes[(position + hashes.count)...].prefix { $0 == UInt8(ascii: "\"") }
            guard !quotes.isEmpty else { break }
            // Two quotes are a text that is empty, three begin one of several lines.
            let end = Array(quotes.prefix(quotes.count < 3 ? 1 : 3)) + hashes
            position += end.count
            enclosures.append(.text(end: end, escape: [UInt8(ascii: "\\")] + hashes))
            return UInt8(ascii: " ")
        default: break
        }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func nextInText(end: [UInt8], escape: [UInt8]) -> UInt8? {
        guard position < bytes.count else { return nil }
        if isAt(end) {
            position += end.count
            enclosures.removeLast()
        } else if isAt(escape) {
            position += escape.count + 1
            if bytes[position - 1] == UInt8(ascii: "(") { enclosures.append(.interpolation(depth: 1)) }
        } else {
            position += 1
        }
        return UInt8(ascii: " ")
    }

    private mutating func nextInInterpolation(depth: Int) -> UInt8? {
        let count = enclosures.count
        let byte = nextInCode()
        let change = byte == UInt8(ascii: "(") ? 1 : byte == UInt8(ascii: ")") ? -1 : 0
        guard change != 0, enclosures.count == count else { return byte }
        enclosures.removeLast()
        if depth + change > 0 { enclosures.append(.interpolation(depth: depth + change)) }
        return byte
    }
}
