import Bytes
import HTTP1
import Testing

@Suite
struct HTTP1RendererTests {
    private static func fields(_ named: [(StaticString, String)]) -> ResponseFields {
        var fields = ResponseFields()
        for (name, value) in named {
            fields.add(name)
            fields.append(value)
        }
        return fields
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test
    func `an answer is its status line, no content and its fields, without the empty line`() {
        let answer = HTTP1Renderer().render(.unauthorized, fields: Self.fields([("a", "1"), ("b-c", "")]))
        #expect(Self.text(answer) == "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\na: 1\r\nb-c: \r\n")
        #expect(HTTP1Renderer().values(of: ["b-c", "a", "x"], in: answer) == [[], Array("1".utf8), nil])
    }

    @Test(arguments: [
        (ResponseStatus.ok, "200 OK"), (.unauthorized, "401 Unauthorized"), (.forbidden, "403 Forbidden"),
        (.notFound, "404 Not Found"), (.serviceUnavailable, "503 Service Unavailable"),
    ])
    func `an answer without fields is its status line and no content`(_ status: ResponseStatus, _ line: String) {
        let answer = HTTP1Renderer().render(status, fields: ResponseFields())
        #expect(Self.text(answer) == "HTTP/1.1 \(line)\r\nContent-Length: 0\r\n")
    }

    // Anything at all would end the head too early.
    @Test
    func `fields that are sent behind others are whole lines, and nothing where there are none`() {
        let added = HTTP1Renderer().render(added: Self.fields([("a", "1"), ("b", "2")]))
        #expect(Self.text(added) == "a: 1\r\nb: 2\r\n")
        #expect(HTTP1Renderer().render(added: ResponseFields()).isEmpty)
    }
}
