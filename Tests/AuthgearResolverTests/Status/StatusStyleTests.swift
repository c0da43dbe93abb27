import AuthgearResolver
import Testing

/// The colours as the style sheet has them: contrast as WCAG 2.2 computes it (sections 1.4.3 and 1.4.11, level AA).
@Suite struct StatusStyleTests {
    /// The colours of the light or the dark half of the sheet, by their names.
    private static func colours(isDark: Bool) throws -> [String: (red: Double, green: Double, blue: Double)] {
        let parts = StatusStyle.sheet.split(separator: "@media (prefers-color-scheme:dark)", maxSplits: 1)
        let part = try #require(isDark ? parts.last?.split(separator: "}").first : parts.first)
        var colours: [String: (red: Double, green: Double, blue: Double)] = [:]
        for match in part.matches(of: /--([a-z]+):#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})\b/) {
            let channels = [match.2, match.3, match.4].map { Double(Int($0, radix: 16) ?? 0) / 255 }
            colours[String(match.1)] = (channels[0], channels[1], channels[2])
        }
        return colours
    }

    private static func luminance(_ colour: (red: Double, green: Double, blue: Double)) -> Double {
        func linear(_ channel: Double) -> Double {
            channel <= 0.04045 ? channel / 12.92 : power(of: (channel + 0.055) / 1.055)
        }
        return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue)
    }

    /// To the 2.4, by roots alone: 2 + 1/4 + 1/8 + 1/64 + 1/128 + 1/1024 and so on.
    private static func power(of base: Double) -> Double {
        var (result, root, rest) = (base * base, base, 0.4)
        var weight = 1.0
        for _ in 0..<40 {
            (root, weight) = (root.squareRoot(), weight / 2)
            if rest >= weight { (result, rest) = (result * root, rest - weight) }
        }
        return result
    }

    private static func contrast(_ one: String, on other: String, isDark: Bool) throws -> Double {
        let colours = try colours(isDark: isDark)
        let luminances = [luminance(try #require(colours[one])), luminance(try #require(colours[other]))].sorted()
        return (luminances[1] + 0.05) / (luminances[0] + 0.05)
    }

    @Test(
        arguments: ["text", "quiet", "good", "warning", "bad"],
        ["background", "raised"])
    func `texts can be read`(colour: String, background: String) throws {
        for isDark in [false, true] {
            #expect(try Self.contrast(colour, on: background, isDark: isDark) >= 4.5, "dark: \(isDark)")
        }
    }

    @Test(arguments: ["first", "second", "third", "fourth", "edge"], ["background", "raised"])
    func `what is drawn can be seen`(colour: String, background: String) throws {
        for isDark in [false, true] {
            #expect(try Self.contrast(colour, on: background, isDark: isDark) >= 3, "dark: \(isDark)")
        }
    }

    @Test func `the measure measures`() throws {
        #expect(abs(Self.luminance((1, 1, 1)) - 1) < 1e-9)
        // #767676 on white is the grey that just passes.
        let grey = Double(0x76) / 255
        #expect(abs(1.05 / (Self.luminance((grey, grey, grey)) + 0.05) - 4.54) < 0.01)
        #expect(try Self.colours(isDark: false).count == 12)
        #expect(try Self.colours(isDark: true).count == 12)
    }

    @Test func `every colour that is used has a name, and nothing is loaded`() {
        let sheet = StatusStyle.sheet
        let names = Set(sheet.matches(of: /var\(--([a-z]+)\)/).map { String($0.1) })
        #expect(names.isSubset(of: Set(sheet.matches(of: /--([a-z]+):#/).map { String($0.1) })))
        #expect(sheet.matches(of: /#[0-9a-f]{3,8}/).count == 24, "colours stand in the palettes alone")
        #expect(!sheet.contains("url(") && !sheet.contains("@import") && !sheet.contains("<"))
    }
}
