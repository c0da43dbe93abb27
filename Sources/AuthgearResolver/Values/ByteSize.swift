import Bytes

/// Numbers of bytes, as the configuration writes them.
enum ByteSize {
    /// The units, the largest first.
    private static let units: [(suffix: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    /// A whole number with one unit: `512B`, `16KiB`, `64MiB`, `1GiB`. Nil when the text isn't one.
    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count)
        guard let count = Int(decimal: String(digits)), let unit = units.first(where: { $0.suffix == suffix })
        else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    /// The same, in the largest unit that leaves no rest.
    static func text(_ bytes: Int) -> String {
        let unit = units.first { bytes.isMultiple(of: $0.bytes) } ?? ("B", 1)
        return "\(bytes / unit.bytes)\(unit.suffix)"
    }
}

extension Int {
    /// A number in decimal digits alone: no sign, no separators.
    init?(decimal text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy(\.isDigit) else { return nil }
        self.init(text)
    }
}
