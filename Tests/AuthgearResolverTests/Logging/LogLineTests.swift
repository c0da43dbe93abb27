import AuthgearResolver
import Bytes
import Foundation
import Logging
import Telemetry
import Testing

@Suite struct LogLineTests {
    private func line(
        _ message: String, _ metadata: Logger.Metadata = [:], level: Logger.Level = .info, format: LogFormat = .json
    ) -> String {
        let moment = Timestamp(microseconds: 1_795_237_200_123_456)
        let line = LogLine(message, level: level, metadata: metadata, at: moment, format: format)
        return String(decoding: line.bytes, as: UTF8.self)
    }

    @Test func `a record is one JSON object on one line`() {
        let expected =
            #"{"ts":"2026-11-21T05:00:00.123Z","level":"warning","msg":"listening","address":"[::1]:1","count":"3"}"#
        #expect(line("listening", ["count": "3", "address": "[::1]:1"], level: .warning) == expected + "\n")
    }

    @Test func `a record is one line of text`() {
        let written = line(
            "store is down", ["reason": "connection refused", "store": "redis", "none": ""], format: .text)
        let expected = #"2026-11-21T05:00:00.123Z info store is down none="" reason="connection refused" store=redis"#
        #expect(written == expected + "\n")
    }

    @Test(arguments: LogFormat.allCases) func `nothing breaks out of its line`(format: LogFormat) {
        for value in 0...0x2100 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let hostile = "a\(String(scalar))b"
            let written = line(hostile, [hostile: .string(hostile)], format: format)
            let isHarmless = written.dropLast().unicodeScalars.allSatisfy { scalar in
                let category = scalar.properties.generalCategory
                return category != .control && category != .lineSeparator && category != .paragraphSeparator
            }
            #expect(isHarmless, "U+\(String(value, radix: 16))")
            #expect(written.hasSuffix("\n"))
        }
    }

    @Test(arguments: LogKey.allCases) func `none of our keys is a name that every record has`(key: LogKey) throws {
        let read = try JSONSerialization.jsonObject(with: Data(line("", .init([key: "value"])).utf8))
        #expect((read as? [String: String])?[key.rawValue] == "value")
    }

    @Test func `JSON gives back what was put in`() throws {
        let text = "quote \" backslash \\ newline \n tab \t zero \0 escape \u{1B} é 漢 😀 \u{2028}"
        let metadata: Logger.Metadata = [
            text: .string(text), "list": [.string(text), "b"], "map": ["z": "1", "a": .array([])], "ts": "mine",
            "number": .stringConvertible(5),
        ]
        let read = try #require(
            JSONSerialization.jsonObject(with: Data(line(text, metadata).utf8)) as? [String: Any])
        #expect(read["msg"] as? String == text)
        #expect(read[text] as? String == text)
        #expect(read["list"] as? [String] == [text, "b"])
        #expect((read["map"] as? [String: Any])?["z"] as? String == "1")
        #expect(read["ts"] as? String == "2026-11-21T05:00:00.123Z")
        #expect(read["ts_"] as? String == "mine")
        #expect(read["number"] as? String == "5")
    }

    @Test(arguments: LogFormat.allCases) func `a long text is cut`(format: LogFormat) {
        let long = String(repeating: "x", count: 100_000)
        #expect(line("m", ["long": .string(long)], format: format).utf8.count < 2_200)
        #expect(line(long, format: format).utf8.count < 2_200)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_827_696, "2000-02-29T12:34:56.000Z"),
            (951_868_799, "2000-02-29T23:59:59.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.000Z"),
            (-62_135_596_800, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799, "9999-12-31T23:59:59.000Z"), (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `a moment is written as RFC 3339 says`(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).rfc3339 == text)
    }

    @Test func `every day of four centuries is written as it is read`() {
        for day in stride(from: Int64(-80_000), to: 80_000, by: 7) {
            let moment = Timestamp(microseconds: day * 86_400_000_000 + 999_000)
            let bytes = Array(moment.rfc3339.utf8)
            #expect(Timestamp(rfc3339: bytes.span.bytes) == moment)
        }
    }
}
