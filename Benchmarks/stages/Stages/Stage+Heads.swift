import Authentication
import Bytes
import HTTP1
import Worker

extension Stage {
    static var heads: [Stage] {
        [
            head("head, no credential", Samples.head()),
            head("head, JWT", Samples.head(authorization: Samples.token())),
            head("head, 10 cookies", Samples.head(cookies: Samples.cookies)),
        ]
    }

    private static func head(_ name: String, _ head: [UInt8]) -> Stage {
        Stage("\(name), \(head.count) bytes") {
            let further = FurtherFields()
            return { times in
                var sum = 0
                for _ in 0..<times {
                    var parser = HeadParser()
                    _ = try? parser.advance(over: head.span.bytes, limit: 64 << 10, lookingAt: further)
                    sum &+= parser.head.length &+ Int(parser.head.fields.authorization?.end ?? 0)
                }
                return sum
            }
        }
    }

    static var cookies: [Stage] {
        let cookies = Array(Samples.cookies.utf8)
        let names = CookieNames(prefix: "")
        return [
            Stage("cookie scan, the last of 10, \(cookies.count) bytes") {
                { times in
                    var sum = 0
                    for turn in 0..<times {
                        // Another start each time, so that the scan is not moved out of the loop.
                        var scanner = CookieScanner(FieldValue(start: turn & 1, end: cookies.count))
                        sum &+= Int(scanner.next(among: names, in: cookies.span.bytes)?.value.start ?? 0)
                    }
                    return sum
                }
            }
        ]
    }
}
