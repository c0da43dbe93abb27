import Bytes
import Redis

extension Stage {
    static var redis: [Stage] { [get, reply] }

    private static var get: Stage {
        let key = Array("app:my-project:session:a8c1f4e2-7c55-4a0e-9d3c-0f2f5d8e1b11".utf8)
        var buffer = CommandBuffer()
        return Stage("Redis GET, written") {
            { times in
                var sum = 0
                for _ in 0..<times {
                    buffer.appendGet(of: key)
                    buffer.send { bytes in
                        sum &+= bytes.byteCount
                        return bytes.byteCount
                    }
                }
                return sum
            }
        }
    }

    private static var reply: Stage {
        let record = Samples.sessionRecord()
        let reply = Array("$\(record.count)\r\n".utf8) + record + Array("\r\n".utf8)
        return Stage("Redis reply, read, \(reply.count) bytes") {
            { times in
                var reader = ReplyReader()
                var sum = 0
                for _ in 0..<times {
                    try? reader.read(reply.span.bytes) { reply in
                        sum &+= reply.nodes.count
                        return true
                    }
                }
                return sum
            }
        }
    }
}
