import Bytes
import Foundation
import HTTP1
import Testing

@Suite struct HTTPDateTests {
    @Test(arguments: [
        (Int64(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (253_402_300_800, "Fri, 31 Dec 9999 23:59:59 GMT"), (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
    ])
    func `a moment is written as RFC 9110 section 5_6_7 does`(seconds: Int64, text: String) {
        #expect(HTTPDate.text(Timestamp(seconds: seconds)) == text)
    }

    @Test func `days agree with Foundation over four hundred years`() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        for day in stride(from: Int64(0), to: 146_097, by: 13) {
            let seconds = day * 86_400 + day % 86_400
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(HTTPDate.text(Timestamp(seconds: seconds)) == expected)
        }
    }

    @Test func `the last lines of an answer hold for their second`() {
        var tail = AnswerTail()
        tail.set(to: Timestamp(seconds: 784_111_777))
        let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        #expect(tail.bytes(for: .absent) == Array("\(date)\r\n".utf8))
        #expect(tail.bytes(for: .keepAlive) == Array("\(date)Connection: keep-alive\r\n\r\n".utf8))
        #expect(tail.bytes(for: .close) == Array("\(date)Connection: close\r\n\r\n".utf8))
        tail.set(to: Timestamp(microseconds: 784_111_777_999_999))
        #expect(tail.bytes(for: .absent) == Array("\(date)\r\n".utf8))
        tail.set(to: Timestamp(seconds: 784_111_778))
        #expect(tail.bytes(for: .absent) == Array("Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n\r\n".utf8))
    }

    @Test func `each error has an answer with its status and no body`() {
        let answers = FixedAnswers()
        for status in ErrorStatus.allCases {
            let text = String(decoding: answers.error(status), as: UTF8.self)
            #expect(text == "HTTP/1.1 \(status.code) \(status.phrase)\r\nContent-Length: 0\r\n")
        }
    }
}
