import Bytes
import HTTP1
import Worker

/// What the head parser makes of some bytes.
enum HeadVerdict: Equatable {
    static let limit = 2048

    case incomplete
    case refused(HeadError)
    case complete(RequestHead)

    /// Feeds the parser `step` more bytes at a time.
    init(_ input: RawSpan, step: Int) {
        var parser = HeadParser()
        var count = 0
        do throws(HeadError) {
            repeat {
                count = min(count + step, input.byteCount)
                if try parser.advance(over: input.extracting(0..<count), limit: Self.limit) {
                    self = .complete(parser.head)
                    return
                }
            } while count < input.byteCount
            self = .incomplete
        } catch {
            self = .refused(error)
        }
    }

    static func == (left: HeadVerdict, right: HeadVerdict) -> Bool {
        switch (left, right) {
        case (.incomplete, .incomplete): true
        case (.refused(let left), .refused(let right)): left == right
        case (.complete(let left), .complete(let right)): facts(left) == facts(right)
        default: false
        }
    }

    private static func facts(_ head: RequestHead) -> [AnyHashable?] {
        [
            head.route, head.version, head.persists, head.body, head.expectsContinue, head.length,
            head.fields.authorization, head.fields.firstCookie, head.fields.cookiesEnd,
        ]
    }
}
