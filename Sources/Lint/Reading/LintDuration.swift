/// Durations as the gateways write them.
enum LintDuration {
    private static let units: [(String, Double)] = [
        ("ms", 0.001), ("us", 0.000_001), ("ns", 0.000_000_001), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400),
    ]

    /// `5s`, `1m30s`, `500ms`; a number alone is in `plain` seconds. Nil for what is none, such as a variable.
    static func seconds(_ text: String, plain: Double = 1) -> Double? {
        if let number = Double(text) { return number * plain }
        var (rest, sum) = (text[...], 0.0)
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest[digits.endIndex...]
            guard let number = Double(digits), let unit = units.first(where: { rest.hasPrefix($0.0) }) else {
                return nil
            }
            rest = rest.dropFirst(unit.0.count)
            sum += number * unit.1
        }
        return text.isEmpty ? nil : sum
    }
}
