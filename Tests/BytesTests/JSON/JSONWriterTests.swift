import Bytes
import Foundation
import Testing

@Suite struct JSONWriterTests {
    @Test(arguments: ["", "plain", "\"\\/", "\u{0}\u{1F}\n\t", "ü€😀", "\u{7F}\u{2028}", "</script>"])
    func `another reader reads what was written`(text: String) throws {
        var writer = JSONWriter()
        writer.append("[")
        writer.append(string: text.utf8)
        writer.append(",")
        writer.append(strings: [Array(text.utf8), [], Array(text.utf8)])
        writer.append(",")
        writer.append(-7)
        writer.append("]")
        let read = try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [Any]
        #expect(read?.first as? String == text)
        #expect(read?[1] as? [String] == [text, "", text])
        #expect(read?[2] as? Int == -7)
    }

    @Test func `there are no spaces, and nothing is escaped that need not be`() {
        var writer = JSONWriter()
        writer.append(strings: [Array("a/b ü".utf8), Array("\u{1F}\"".utf8)])
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"["a/b ü","\u001f\""]"#)
    }
}
