import Bytes

extension Duration {
    /// The units of a duration in the configuration, the largest first, in milliseconds.
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// A whole number with one unit: `250ms`, `10s`, `5m`, `24h`, `30d`. Nil when the text isn't one.
    package init?(text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count)
        guard let count = Int(decimal: String(digits)),
            let unit = Self.units.first(where: { $0.suffix == suffix })
        else { return nil }
        let (milliseconds, overflow) = Int64(count).multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// The same, in the largest unit that leaves no rest; what is below a millisecond is left out.
    package var text: String {
        let milliseconds = wholeMicroseconds / 1_000
        guard milliseconds != 0 else { return "0s" }
        let unit = Self.units.first { milliseconds.isMultiple(of: $0.milliseconds) } ?? ("ms", 1)
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}
