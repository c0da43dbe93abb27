import Bytes
import Fixtures
import NIOCore
import Redis
import Testing

@Suite struct `Replies` {
    /// What a reply is, as a value that outlives the reader.
    indirect enum Value: Equatable {
        case bulk(String)
        case status(String)
        case error(String)
        case integer(Int64)
        case null
        case oversized
        case array([Value])

        init(_ reply: RedisReply) {
            var rest = reply.nodes[...]
            self.init(&rest, reply)
        }

        private init(_ rest: inout ArraySlice<ReplyNode>, _ reply: RedisReply) {
            func text(_ range: Range<Int>) -> String {
                reply.withBytes(at: range) { bytes in String(decoding: [UInt8](copying: bytes), as: UTF8.self) }
            }
            switch rest.removeFirst() {
            case .bulk(let range): self = .bulk(text(range))
            case .status(let range): self = .status(text(range))
            case .error(let range): self = .error(text(range))
            case .integer(let number): self = .integer(number)
            case .null: self = .null
            case .oversized: self = .oversized
            case .array(let count): self = .array((0..<count).map { _ in Value(&rest, reply) })
            }
        }
    }

    /// All replies that a stream of chunks holds, or the error that ends it.
    static func read(_ chunks: [String], limits: ReplyReader.Limits = .init()) -> Result<[Value], ReplyError> {
        var reader = ReplyReader(limits: limits)
        var values: [Value] = []
        do throws(ReplyError) {
            for chunk in chunks {
                let bytes = Array(chunk.utf8)
                try reader.read(bytes.span.bytes) { reply in
                    values.append(Value(reply))
                    return true
                }
            }
            return .success(values)
        } catch {
            return .failure(error)
        }
    }

    static let streams: [(String, [Value])] = [
        ("", []),
        ("$5\r\nhello\r\n", [.bulk("hello")]),
        ("$0\r\n\r\n", [.bulk("")]),
        ("$-1\r\n", [.null]),
        ("*-1\r\n", [.null]),
        ("+OK\r\n", [.status("OK")]),
        ("+\r\n", [.status("")]),
        ("-WRONGTYPE Operation\r\n", [.error("WRONGTYPE Operation")]),
        (":-42\r\n", [.integer(-42)]),
        ("*0\r\n", [.array([])]),
        (
            "*3\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n+b\r\n",
            [.array([.bulk("a"), .array([.integer(1), .null]), .status("b")])]
        ),
        ("$2\r\n\r\n\r\n+OK\r\n$-1\r\n", [.bulk("\r\n"), .status("OK"), .null]),
        (
            "$3000\r\n\(String(repeating: "x", count: 3000))\r\n:7\r\n",
            [.bulk(String(repeating: "x", count: 3000)), .integer(7)]
        ),
    ]

    @Test(arguments: streams) func `a stream of replies is read`(_ stream: String, _ values: [Value]) {
        #expect(Self.read([stream]) == .success(values))
    }

    @Test(arguments: streams) func `a stream is read the same however it is cut`(_ stream: String, _ values: [Value]) {
        #expect(Self.read(stream.map(String.init)) == .success(values))
        guard stream.utf8.count < 100 else { return }
        for cut in stream.indices {
            #expect(Self.read([String(stream[..<cut]), String(stream[cut...])]) == .success(values))
        }
    }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n", "\r\n", "$x\r\n", "$-2\r\n", "*-2\r\n", ":12a\r\n", "%1\r\n+a\r\n+b\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+deep\r\n",
    ])
    func `what is no reply is refused`(_ stream: String) {
        #expect(Self.read([stream]) == .failure(.malformed))
    }

    @Test func `replies that come together are read one after the other, however many they are`() {
        let texts = (0..<200).map { String(repeating: "abcdefg", count: $0 % 190) }
        let stream = texts.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        #expect(stream.utf8.count > 100_000)
        #expect(Self.read([stream]) == .success(texts.map(Value.bulk)))
    }

    @Test func `who wants no more replies gets none`() throws {
        var reader = ReplyReader()
        let bytes = Array("+a\r\n+b\r\n".utf8)
        var read = 0
        try reader.read(bytes.span.bytes) { _ in
            read += 1
            return false
        }
        #expect(read == 1)
    }

    static let long = String(repeating: "x", count: small.bytes + 1)

    @Test(arguments: [
        ("$\(long.utf8.count)\r\n\(long)\r\n+OK\r\n", [Value.oversized, .status("OK")]),
        ("$1\r\na\r\n$\(long.utf8.count)\r\n\(long)\r\n$-1\r\n", [.bulk("a"), .oversized, .null]),
        ("$536870912\r\nabc", [.oversized]),
    ])
    func `a string that is too long is passed over, and what follows is read`(_ stream: String, _ values: [Value]) {
        #expect(Self.read([stream], limits: Self.small) == .success(values))
        #expect(Self.read(stream.map(String.init), limits: Self.small) == .success(values))
        for cut in stream.indices {
            let parts = [String(stream[..<cut]), String(stream[cut...])]
            #expect(Self.read(parts, limits: Self.small) == .success(values))
        }
    }

    @Test(arguments: ["$8724\r99\r\n", "$8724\r\u{0}*1\r\n:1\r\n"]) func `a length ends with its line`(_ stream: String)
    {
        #expect(Self.read([stream], limits: Self.small) == .failure(.malformed))
        #expect(Self.read(stream.unicodeScalars.map { String($0) }, limits: Self.small) == .failure(.malformed))
    }

    @Test func `what follows a broken reply is not read`() {
        var reader = ReplyReader()
        #expect(throws: ReplyError.malformed) {
            let bytes = Array("?\r\n".utf8)
            try reader.read(bytes.span.bytes) { _ in true }
        }
        #expect(throws: ReplyError.malformed) {
            let bytes = Array("+OK\r\n".utf8)
            try reader.read(bytes.span.bytes) { _ in true }
        }
    }

    static let small = ReplyReader.Limits(bytes: 100, nodes: 10)

    @Test(arguments: [
        "*1\r\n$101\r\n\(String(repeating: "x", count: 101))\r\n",
        "*2\r\n$60\r\n\(String(repeating: "x", count: 60))\r\n$60\r\n\(String(repeating: "x", count: 60))\r\n",
        "*10\r\n", "*2147483647\r\n", "*2\r\n*9\r\n", "+\(String(repeating: "x", count: 200))",
        "$1073741824\r\n\(String(repeating: "x", count: 140))",
    ])
    func `a reply beyond the limits is refused`(_ stream: String) {
        #expect(Self.read([stream], limits: Self.small) == .failure(.tooLarge))
    }

    @Test func `a reply at the limits is read`() {
        let text = String(repeating: "x", count: 100)
        let stream = "$100\r\n\(text)\r\n"
        #expect(Self.read([stream], limits: Self.small) == .success([.bulk(text)]))
        #expect(Self.read(stream.map(String.init), limits: Self.small) == .success([.bulk(text)]))
        let array = "*9\r\n" + String(repeating: ":1\r\n", count: 9)
        #expect(Self.read([array], limits: Self.small) == .success([.array(Array(repeating: .integer(1), count: 9))]))
    }

    @Test func `a header that announces a gigabyte costs what has come and no more`() {
        #expect(Self.read(["$1073741824\r\n", "some bytes"]) == .success([]))
        let megabyte = String(repeating: "x", count: 1 << 20)
        #expect(Self.read(["$1073741824\r\n", megabyte, megabyte]) == .failure(.tooLarge))
    }

    @Test func `a large reply leaves the next ones whole`() {
        let large = String(repeating: "y", count: 300_000)
        let stream = "$300000\r\n\(large)\r\n$1\r\nz\r\n"
        #expect(Self.read([stream, stream]) == .success([.bulk(large), .bulk("z"), .bulk(large), .bulk("z")]))
    }

    @Test func `each byte of a reply turned into any other is read or refused`() {
        let stream = Array("*2\r\n$3\r\nabc\r\n:1\r\n-ERR no\r\n$-1\r\n".utf8)
        for index in stream.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = stream
                changed[index] = byte
                var reader = ReplyReader(limits: Self.small)
                var read = 0
                do throws(ReplyError) {
                    try reader.read(changed.span.bytes) { _ in
                        read += 1
                        return true
                    }
                } catch {}
                #expect(read <= stream.count)
            }
        }
    }
}

@Suite struct `Error codes` {
    @Test(
        arguments: [
            ("LOADING Redis is loading the dataset in memory", RedisErrorCode.loading),
            ("NOAUTH Authentication required.", .noAuthentication),
            ("WRONGPASS invalid username-password pair or user is disabled.", .wrongPassword),
            ("OOM command not allowed when used memory > 'maxmemory'.", .outOfMemory),
            ("WRONGTYPE Operation against a key holding the wrong kind of value", .wrongType),
            (
                "DENIED Redis is running in protected mode because protected mode is enabled and no password is set",
                .protected
            ),
            ("NOREPLICAS Not enough good replicas to write.", .tooFewReplicas),
            ("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", .primaryDown),
            ("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to", .misconfigured),
            ("MOVED 3999 127.0.0.1:6381", .moved), ("TRYAGAIN Multiple keys request during rehashing", .tryAgain),
            ("ERR max number of clients reached", .tooManyClients),
            ("ERR unknown command 'GET', with args beginning with: 'x'", .unknownCommand),
            ("ERR unknown command `GET`, with args beginning with: `x`, ", .unknownCommand),
            ("ERR AUTH <password> called without any password configured for the default user.", .noPasswordSet),
            ("ERR Client sent AUTH, but no password is set", .noPasswordSetOld),
            ("ERR invalid password", .wrongPasswordOld), ("ERR DB index is out of range", .databaseOutOfRange),
            ("ERR SELECT is not allowed in cluster mode", .oneDatabase),
            ("ERR wrong number of arguments for 'auth' command", .generic), ("ERR", .generic),
            ("ERR unknown", .generic),
            ("", .other), (" ERR", .other), ("ERRATIC", .other), ("loading", .other),
            (String(repeating: "X", count: 5000), .other),
        ].map { (LongText($0), $1) })
    func `what an error begins with tells which it is`(_ message: LongText, _ code: RedisErrorCode) {
        #expect(RedisErrorCode(message: message.text.utf8) == code)
    }

    @Test(arguments: RedisErrorCode.allCases) func `every error is told with its code and with what to do`(
        _ code: RedisErrorCode
    ) {
        let parts = code.words.split(separator: ": ", maxSplits: 1)
        #expect(parts.count == 2 && parts[1].count > 20)
        if let word = code.rawValue.split(separator: " ").first { #expect(parts[0].hasSuffix(" (\(word))")) }
    }
}
