import Bytes

/// Figures as a person reads them at a glance, with their units.
package enum Readable {
    /// `1,234,567`.
    package static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var grouped = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { grouped += "," }
            grouped.append(digit)
        }
        return (number < 0 ? "-" : "") + grouped
    }

    /// `0.04`, `3.2`, `1,234`: about two digits that count.
    package static func rate(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "–" }
        switch abs(number) {
        case 0: return "0"
        case ..<1: return decimals(number, 2)
        case ..<100: return decimals(number, 1)
        default: return count(Int(number.rounded()))
        }
    }

    /// `12 %`, `99.9 %`: never 100 or 0 for what is not all or nothing.
    package static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "–" }
        let percent = share * 100
        if percent > 99.9, percent < 100 { return "> 99.9 %" }
        if percent > 0, percent < 0.1 { return "< 0.1 %" }
        let text = decimals(percent, 1)
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " %"
    }

    /// `850 B`, `1.2 MiB`.
    package static func bytes(_ number: Int) -> String {
        var (value, unit) = (Double(number), 0)
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1_024, unit + 1 < units.count { (value, unit) = (value / 1_024, unit + 1) }
        return "\(unit == 0 ? String(number) : decimals(value, 1)) \(units[unit])"
    }

    /// `42 µs`, `1.5 ms`, `2.5 s`: how long a request took.
    package static func time(seconds: Double) -> String {
        switch seconds {
        case ..<0.001: "\(Int((seconds * 1e6).rounded())) µs"
        case ..<1: "\(decimals(seconds * 1e3, 1)) ms"
        default: "\(decimals(seconds, 1)) s"
        }
    }

    /// `45 s`, `12 min`, `3 h 20 min`, `5 d 2 h`.
    package static func span(_ duration: Duration) -> String {
        let seconds = max(0, duration.wholeMicroseconds / 1_000_000)
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7_200: return "\(seconds / 60) min"
        case ..<172_800: return "\(seconds / 3_600) h \(seconds / 60 % 60) min"
        default: return "\(seconds / 86_400) d \(seconds / 3_600 % 24) h"
        }
    }

    private static func decimals(_ number: Double, _ digits: Int) -> String {
        let scale = digits == 1 ? 10 : 100
        let scaled = Int((abs(number) * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        let padded = String(repeating: "0", count: digits - fraction.count) + fraction
        return "\(number < 0 && scaled > 0 ? "-" : "")\(count(scaled / scale)).\(padded)"
    }
}
