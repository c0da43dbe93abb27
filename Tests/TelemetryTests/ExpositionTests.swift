import Fixtures
import Testing

/// The oracle that pages are read with refuses what it should: else nothing follows from its consent.
@Suite struct ExpositionTests {
    private static let head = "# HELP a A.\n# TYPE a counter\n"
    private static let histogram = "# HELP h H.\n# TYPE h histogram\n"

    @Test func `a sound page is read`() throws {
        let page = try Exposition(
            Self.head + "a{x=\"\\\\\\\"\\n\",y=\"}\"} 1\na 2e3\n" + Self.histogram
                + "h_bucket{le=\"0.1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 0.5\nh_count 2\n")
        #expect(page.families.map(\.name) == ["a", "h"])
        #expect(page.family("a")?.samples.first?.labels == ["x": "\\\"\n", "y": "}"])
        #expect(page.family("a")?.value() == 2000)
    }

    @Test(arguments: [
        (head + "a 1", ExpositionError.noFinalLineBreak),
        ("a 1\n", .malformed("a 1")),
        ("# HELP a A.\na 1\n", .malformed("a 1")),
        ("# TYPE a counter\n", .malformed("# TYPE a counter")),
        ("# HELP a A.\n# TYPE b counter\n", .malformed("# TYPE b counter")),
        ("# HELP a A.\n# TYPE a summary\n", .malformed("# TYPE a summary")),
        ("# HELP a A.\n# HELP b B.\n", .malformed("# HELP b B.")),
        (head, .noSample("a")),
        (head + "a 1\n# HELP b B.\n", .noSample("b")),
        (head + "b 1\n", .misplaced("b 1")),
        (head + "a_sum 1\n", .misplaced("a_sum 1")),
        (head + "a 1\na 2\n", .repeated("a 2")),
        (head + "a 1\n# HELP a A.\n", .repeated("# HELP a A.")),
        (head + "\n", .malformed("")),
        (head + "a -1\n", .malformed("a -1")),
        (head + "a 1 1700000000\n", .malformed("a 1 1700000000")),
        (head + "a nan\n", .malformed("a nan")),
        (head + "a{} 1\n", .malformed("a{} 1")),
        (head + "a{x=\"1\",} 1\n", .malformed("a{x=\"1\",} 1")),
        (head + "a{x=\"1\",x=\"2\"} 1\n", .malformed("a{x=\"1\",x=\"2\"} 1")),
        (head + "a{x=\"\\t\"} 1\n", .malformed("a{x=\"\\t\"} 1")),
        (head + "a{x=\"1} 1\n", .malformed("a{x=\"1} 1")),
        (head + "a{1x=\"1\"} 1\n", .malformed("a{1x=\"1\"} 1")),
        (head + "a\u{301} 1\n", .malformed("a\u{301} 1")),
    ])
    func `a page that is not sound is refused`(text: String, error: ExpositionError) {
        #expect(throws: error) { try Exposition(text) }
    }

    @Test(arguments: [
        "h_sum 0\nh_count 0\n",
        "h_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
        "h_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 1\n",
        "h_bucket{le=\"+Inf\"} 1\nh_sum 1\n",
        "h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",
        "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
        "h_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
    ])
    func `a histogram that does not add up is refused`(samples: String) {
        #expect(throws: ExpositionError.brokenHistogram("h")) { try Exposition(Self.histogram + samples) }
    }
}
