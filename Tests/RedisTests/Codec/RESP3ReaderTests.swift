import Bytes
import Redis
import Testing

/// The reader of RESP3, by the examples of its specification.
@Suite struct `RESP3 replies` {
    struct Reading: Equatable {
        var replies: [[String]]
        var error: ReplyError?
    }

    /// The pieces of each reply as words, and the error that ends them.
    static func read(_ chunks: [String], limits: ReplyReader.Limits = .init()) -> Reading {
        var reader = RESP3Reader(limits: limits)
        var replies: [[String]] = []
        do throws(ReplyError) {
            for chunk in chunks {
                let bytes = Array(chunk.utf8)
                try reader.read(bytes.span.bytes) { reply in
                    replies.append(reply.nodes.map { words(of: $0, in: reply) })
                    return true
                }
            }
            return Reading(replies: replies)
        } catch {
            return Reading(replies: replies, error: error)
        }
    }

    private static func words(of node: RESP3Node, in reply: RESP3Reply) -> String {
        func text(_ range: Range<Int>) -> String {
            reply.withBytes(at: range) { String(decoding: [UInt8](copying: $0), as: UTF8.self) }
        }
        return switch node {
        case .bulk(let range): "bulk \(text(range))"
        case .status(let range): "status \(text(range))"
        case .verbatim(let range): "verbatim \(text(range))"
        case .error(let range): "error \(text(range))"
        case .double(let range): "double \(text(range))"
        case .bigNumber(let range): "number \(text(range))"
        case .integer(let number): "integer \(number)"
        case .boolean(let value): "\(value)"
        case .null: "null"
        case .array(let count): "array \(count)"
        case .set(let count): "set \(count)"
        case .map(let count): "map \(count)"
        case .push(let count): "push \(count)"
        }
    }

    static let streams: [(String, [[String]])] = [
        ("$11\r\nhello world\r\n$0\r\n\r\n", [["bulk hello world"], ["bulk "]]),
        (
            "+OK\r\n-ERR it\r\n:1234\r\n:-9223372036854775808\r\n",
            [
                ["status OK"], ["error ERR it"], ["integer 1234"], ["integer -9223372036854775808"],
            ]
        ),
        ("_\r\n$-1\r\n*-1\r\n", [["null"], ["null"], ["null"]]),
        (
            ",1.23\r\n,10\r\n,inf\r\n,-inf\r\n,nan\r\n,-1e-5\r\n",
            [
                ["double 1.23"], ["double 10"], ["double inf"], ["double -inf"], ["double nan"], ["double -1e-5"],
            ]
        ),
        ("#t\r\n#f\r\n", [["true"], ["false"]]),
        ("!21\r\nSYNTAX invalid syntax\r\n", [["error SYNTAX invalid syntax"]]),
        ("=15\r\ntxt:Some string\r\n=4\r\nmkd:\r\n", [["verbatim Some string"], ["verbatim "]]),
        ("(3492890328409238509324850943850943825024385\r\n", [["number 3492890328409238509324850943850943825024385"]]),
        ("*3\r\n:1\r\n*2\r\n+a\r\n_\r\n#t\r\n", [["array 3", "integer 1", "array 2", "status a", "null", "true"]]),
        (
            "%2\r\n+first\r\n:1\r\n+second\r\n~0\r\n",
            [["map 2", "status first", "integer 1", "status second", "set 0"]]
        ),
        ("~2\r\n*0\r\n%0\r\n+x\r\n", [["set 2", "array 0", "map 0"], ["status x"]]),
        (
            ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n$1\r\nv\r\n",
            [
                ["push 2", "bulk invalidate", "array 1", "bulk a"], ["bulk v"],
            ]
        ),
    ]

    @Test(arguments: streams) func `a stream is read, however it is cut`(_ stream: String, _ replies: [[String]]) {
        #expect(Self.read([stream]) == Reading(replies: replies))
        #expect(Self.read(stream.unicodeScalars.map { String($0) }) == Reading(replies: replies))
        for cut in stream.unicodeScalars.indices {
            #expect(
                Self.read([String(stream.unicodeScalars[..<cut]), String(stream.unicodeScalars[cut...])])
                    == Reading(replies: replies))
        }
    }

    @Test(arguments: [
        "\r\n", "x\r\n", "HTTP/1.1 400 Bad Request\r\n", "+a\n", ":\r\n", ":1a\r\n", ":9223372036854775808\r\n",
        "_x\r\n",
        "#x\r\n", "#\r\n", ",\r\n", ",1.\r\n", ",.5\r\n", ",+inf\r\n", ",1e\r\n", "(\r\n", "(1.5\r\n", "$-2\r\n",
        "!-1\r\n",
        "=3\r\ntxt\r\n", "=5\r\ntxtxx\r\n", "$1\r\nab\r\n", "$1\r\na\rx", "*-2\r\n", "~-1\r\n", "%-1\r\n", ">0\r\n",
        "*1\r\n>1\r\n+a\r\n", "|1\r\n+a\r\n+b\r\n", "$?\r\n", "*?\r\n", String(repeating: "*1\r\n", count: 8),
    ])
    func `what is no reply is refused`(_ stream: String) {
        #expect(Self.read([stream]).error == .malformed)
    }

    private static let small = ReplyReader.Limits(bytes: 64, nodes: 8)

    @Test(arguments: [
        "$65\r\n", "+\(String(repeating: "x", count: 100))", "*8\r\n", "%4\r\n", "*2147483648\r\n",
        "*2\r\n$40\r\n\(String(repeating: "x", count: 40))\r\n$40\r\n", "(\(String(repeating: "1", count: 100))\r\n",
    ])
    func `what is larger than is allowed is refused as soon as that can be seen`(_ stream: String) {
        #expect(Self.read([stream], limits: Self.small).error == .tooLarge)
    }

    @Test func `a limit is one of each reply`() {
        let stream = String(repeating: "*2\r\n$20\r\n\(String(repeating: "x", count: 20))\r\n+a\r\n", count: 50)
        #expect(Self.read([stream], limits: Self.small).replies.count == 50)
    }

    @Test func `who wants no more replies gets none`() throws {
        var reader = RESP3Reader()
        var read = 0
        try reader.read(Array("+a\r\n+b\r\n".utf8).span.bytes) { _ in
            read += 1
            return false
        }
        #expect(read == 1)
    }

    /// Of any byte that is another, something is read or refused; nothing is read past the end.
    @Test(arguments: streams) func `each byte may be any other`(_ stream: String, _: [[String]]) {
        let bytes = Array(stream.utf8)
        for index in bytes.indices {
            for byte in [UInt8(0), 10, 13, 36, 42, 45, 48, 57, 62, 126, 255] {
                var flipped = bytes
                flipped[index] = byte
                var reader = RESP3Reader(limits: Self.small)
                var count = 0
                try? reader.read(flipped.span.bytes) { _ in
                    count += 1
                    return true
                }
                #expect(count <= stream.utf8.count)
            }
        }
    }
}
