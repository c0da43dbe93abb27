import Bytes
import HTTP1
import Worker

extension FuzzTarget {
    /// A head that comes byte by byte is judged as the same head that comes at once, and its places lie within it.
    static let head = FuzzTarget(name: "head") { input in
        let atOnce = HeadVerdict(input, step: input.byteCount)
        expect(HeadVerdict(input, step: 1) == atOnce, "a head is the same byte by byte")
        expect(HeadVerdict(input, step: 7) == atOnce, "a head is the same in pieces")
        if case .complete(let head) = atOnce {
            checkPlaces(of: head, in: input)
            let alone = HeadVerdict(input.extracting(0..<head.length), step: head.length)
            expect(alone == atOnce, "what follows a head does not change it")
        }
    }

    private static func checkPlaces(of head: RequestHead, in input: RawSpan) {
        expect(head.length <= HeadVerdict.limit, "a head keeps the limit")
        expect(input.extracting(head.length - 4..<head.length).equals("\r\n\r\n"), "a head ends with an empty line")
        if let authorization = head.fields.authorization { checkValue(authorization, head, input) }
        var cookies = head.fields.cookies
        var last: FieldValue?
        while let cookie = cookies.next(in: input) {
            checkValue(cookie, head, input)
            last = cookie
        }
        expect((last?.end ?? 0) == head.fields.cookiesEnd, "the last cookie field is found")
    }

    private static func checkValue(_ value: FieldValue, _ head: RequestHead, _ input: RawSpan) {
        expect(value.start >= 0 && value.start <= value.end && value.end <= head.length - 4, "a value lies in its head")
        for offset in value.range {
            let byte = input[byte: offset]
            let isEdge = offset == value.range.lowerBound || offset == value.range.upperBound - 1
            expect(byte >= 0x20 && byte != 0x7F || byte == 0x09, "a value has no control byte")
            expect(!(isEdge && byte.isFieldSpace), "a value is trimmed")
        }
    }
}
