import AuthgearResolver
import Testing

@Suite struct HTMLTests {
    @Test(arguments: [
        ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"), ("", ""), ("https://a.example/ä?b=c", "https://a.example/ä?b=c"),
        ("&amp;", "&amp;amp;"), ("a b\tc\nd", "a b\u{FFFD}c\u{FFFD}d"), ("日本 e\u{301}", "日本 e\u{301}"),
    ])
    func `text can't be taken for markup`(text: String, escaped: String) {
        #expect(HTML.escape(text) == escaped)
    }

    @Test(arguments: [
        "\u{0}", "\u{1B}", "\u{7F}", "\u{85}", "\u{AD}", "\u{200B}", "\u{200F}", "\u{202E}", "\u{2028}", "\u{2066}",
        "\u{FEFF}", "\u{FFFF}", "\u{E000}", "\u{E0041}", "\u{1FFFE}",
    ])
    func `what can't be seen, or turns the text around it, is shown as something that is not there`(text: String) {
        #expect(HTML.escape("a\(text)b") == "a\u{FFFD}b")
    }

    @Test func `a text is cut, after escapes of its own`() {
        let text = HTML.escape(String(repeating: "<", count: HTML.maximumCharacters + 1))
        #expect(text == String(repeating: "&lt;", count: HTML.maximumCharacters) + "…")
        #expect(HTML.escape(String(repeating: "<", count: HTML.maximumCharacters)).hasSuffix("&lt;"))
    }
}

@Suite struct ReadableTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"), (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func `counts have their thousands apart`(number: Int, text: String) {
        #expect(Readable.count(number) == text)
    }

    @Test(
        arguments: [
            (0, "0"), (0.041, "0.04"), (3.21, "3.2"), (99.96, "100.0"), (1_234.4, "1,234"), (.infinity, "–"),
            (1e300, "–"),
        ] as [(Double, String)])
    func `rates have two digits that count`(number: Double, text: String) {
        #expect(Readable.rate(number) == text)
    }

    @Test(
        arguments: [
            (0, "0 %"), (0.0001, "< 0.1 %"), (0.125, "12.5 %"), (0.5, "50 %"), (0.99999, "> 99.9 %"), (1, "100 %"),
            (1.5, "150 %"), (.nan, "–"),
        ] as [(Double, String)])
    func `a share is all or nothing only when it is`(share: Double, text: String) {
        #expect(Readable.percent(share) == text)
    }

    @Test func `bytes, times and spans have the unit that suits them`() {
        #expect(
            [0, 1_023, 1_536, 128 << 20, 3 << 40].map(Readable.bytes) == [
                "0 B", "1023 B", "1.5 KiB", "128.0 MiB", "3.0 TiB",
            ])
        #expect([0.000042, 0.0015, 0.25, 2.5].map(Readable.time) == ["42 µs", "1.5 ms", "250.0 ms", "2.5 s"])
        let spans: [Duration] = [.seconds(-5), .seconds(45), .seconds(720), .seconds(12_000), .seconds(439_200)]
        #expect(spans.map(Readable.span) == ["0 s", "45 s", "12 min", "3 h 20 min", "5 d 2 h"])
    }
}
