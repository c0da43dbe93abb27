import AllocationCounter
import Bytes
import ExtAuthz
import Fixtures
import HTTP1
import Testing

/// How often a call asks for memory for itself: to be read, and to be answered.
@Suite(.serialized) struct CheckAllocationTests {
    @Test(arguments: CheckMessages.Shape.allCases)
    func `a message is read without memory, and its answer is one piece`(shape: CheckMessages.Shape) throws {
        let token = "Bearer " + String(repeating: "t", count: 700)
        let message = CheckMessages.request(
            [
                ("authorization", token), ("cookie", "a=1; b=2"), ("user-agent", "u"), ("x_authgear_x", "1"),
                ("accept", "*/*"),
            ], shape: shape, extensions: [("endpoint", "require")])
        let own = OwnNames(["x-authgear-user-id", "x-authgear-user-roles"])
        let lines = Array(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-authgear-user-id: \(String(repeating: "u", count: 300))\r\n\r\n"
                .utf8)
        var (reader, writer) = (CheckReader(), CheckResponseWriter())
        var counts: [(Int, Int)] = []
        for _ in 0..<20 {
            let start = allocation_count()
            try reader.read(message.span.bytes, limit: 64 << 10, lookingAt: FurtherFields(), own: own)
            let read = allocation_count()
            let answer = CallFrame.bytes(
                of: writer.response(to: lines.span.bytes, own: own, spelled: reader.spelledNames))
            counts.append((Int(read - start), Int(allocation_count() - read)))
            #expect(answer.count > 300)
        }
        // Optimised, none is left but the answer itself.
        #if DEBUG
            let (reading, answering) = (16, 20)
        #else
            let (reading, answering) = (0, 1)
        #endif
        #expect(counts.suffix(10).allSatisfy { $0.0 <= reading && $0.1 <= answering }, "\(counts)")
    }
}
