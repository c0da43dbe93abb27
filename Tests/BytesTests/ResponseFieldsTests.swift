import Bytes
import Testing

@Suite struct ResponseFieldsTests {
    @Test(arguments: [0, 7, -7, 10, 99, 1_800_000_000, .max, .min] as [Int64])
    func `a number is written in decimal digits`(number: Int64) {
        var fields = ResponseFields()
        fields.add("x")
        fields.append(number)
        #expect(fields.lines == Array("\r\nx: \(number)".utf8))
        #expect(fields.lastLength == "\(number)".utf8.count)
    }

    @Test func `a name that is kept makes the same line as its text`() {
        var (kept, told) = (ResponseFields(), ResponseFields())
        for _ in 0..<2 {
            kept.add(FieldName("x-name"))
            told.add("x-name" as String)
            kept.append("value" as StaticString)
            told.append("value" as String)
        }
        #expect(kept.lines == told.lines)
        #expect((kept.lastName, kept.lastValue, kept.lastLength) == (told.lastName, told.lastValue, told.lastLength))
    }
}
