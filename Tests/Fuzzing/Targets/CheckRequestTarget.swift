import Bytes
import ExtAuthz
import HTTP1

extension FuzzTarget {
    /// Whatever a `CheckRequest` holds, its fields are places within what was gathered, none breaks out of its line, and the answer
    /// to it can be written.
    static let checkRequest = FuzzTarget(name: "check-request") { input in
        var (reader, writer) = (CheckReader(), CheckResponseWriter())
        let own = OwnNames(["x-authgear-user-id", "x-tenant"])
        do throws(CheckReader.Fault) {
            try reader.read(input, limit: 4_096, lookingAt: FurtherFields(), own: own)
        } catch {
            return
        }
        let bytes = reader.fields.bytes
        expect(bytes.count <= 2 * input.byteCount + 64, "no more is gathered than came")
        var cookies = reader.fields.head.fields.cookies
        while let place = cookies.next(in: bytes.span.bytes) { check(place, bytes) }
        if let place = reader.fields.head.fields.authorization { check(place, bytes) }
        let lines = Array("HTTP/1.1 200 OK\r\nx-tenant: a\r\n\r\n".utf8)
        let response = writer.response(to: lines.span.bytes, own: own, spelled: reader.spelledNames)
        expect(response.first == 10, "an answer is never empty, and begins with its status")
        var again = CheckReader()
        do throws(CheckReader.Fault) {
            try again.read(input, limit: 4_096, lookingAt: FurtherFields(), own: own)
        } catch {
            expect(false, "a message is the same twice")
        }
        expect(again.fields.bytes == bytes && again.mode == reader.mode, "a message is the same twice")
    }

    private static func check(_ place: FieldValue, _ bytes: [UInt8]) {
        expect(place.start >= 0 && place.start <= place.end && place.end <= bytes.count, "a value lies in its lines")
        for offset in place.range {
            expect(bytes[offset] >= 0x20 && bytes[offset] != 0x7F || bytes[offset] == 9, "a value has no control byte")
        }
    }
}
