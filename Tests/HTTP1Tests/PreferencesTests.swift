import HTTP1
import Testing

/// `Accept` and `Accept-Encoding` (RFC 9110 sections 12.4.2, 12.5.1, 12.5.3).
@Suite struct PreferencesTests {
    /// An item as it should be read.
    struct Item: Hashable, Sendable {
        var name: String
        var parameters: [String: String] = [:]
        var weight: Int
    }

    @Test(arguments: [
        ("", []),
        ("gzip", [Item(name: "gzip", weight: 1_000)]),
        (
            " GZIP ;q=0.5\t, *;Q=0 ,, identity;q=1.000,br;q=0.",
            [
                Item(name: "gzip", weight: 500),
                Item(name: "*", weight: 0),
                Item(name: "identity", weight: 1_000),
                Item(name: "br", weight: 0),
            ]
        ),
        (
            "text/HTML;Level=\"a,b;\\\"\";q=0.123, x/y;a",
            [
                Item(name: "text/html", parameters: ["level": "a,b;\""], weight: 123),
                Item(name: "x/y", weight: 1_000),
            ]
        ),
        // One that can't be read is left out, alone.
        (
            "gzip;q=2, br;q=1.001, a;q=-1, b;q=0.1234, c;q=x, d;q=, e;q=.5, ;q=1, deflate",
            [
                Item(name: "deflate", weight: 1_000)
            ]
        ),
        ("a;q=\"0.5\"", [Item(name: "a", weight: 500)]),
        ("a\"b, c", [Item(name: "a\"b, c", weight: 1_000)]),
    ])
    func `a list has names, parameters and weights`(field: String, items: [Item]) {
        let read = Preferences(field).items.map { Item(name: $0.name, parameters: $0.parameters, weight: $0.weight) }
        #expect(read == items)
    }

    @Test(arguments: [
        ("gzip", true), ("x-gzip", false), ("", false), ("*", true), ("gzip, identity", true), ("gzip;q=0", false),
        ("gzip;q=0, *", false), ("*;q=0", false), ("identity;q=1, gzip;q=0.5", false),
        ("identity;q=0.5, gzip;q=0.6", true),
        ("identity;q=0, *;q=0.001", true), ("deflate, br", false), ("gzip;q=0, gzip;q=1", true), ("gzip;q=0.001", true),
    ])
    func `a coding is wanted, or none is wanted more`(field: String, isWanted: Bool) {
        #expect(Preferences(field).wants(coding: "gzip") == isWanted)
    }

    @Test func `however long the field is, no more than 64 items are looked at`() {
        let field = Array(repeating: "a;b=c", count: 10_000).joined(separator: ",")
        #expect(Preferences(field).items.count == Preferences.maximumItems)
        #expect(Preferences(String(repeating: ";", count: 100_000)).items.isEmpty)
        #expect(Preferences("a" + String(repeating: ";b=c", count: 100_000)).items.count == 1)
    }
}
