import AllocationCounter
import Bytes
import Fixtures
import TLS
import Testing

/// Bytes both ways.
@Suite(.enabled(if: CertificateAuthority.isAvailable, "the openssl command mints the certificates"))
struct TLSSessionTests {
    private static let versions: [TLSServer.Version] = [.tls12, .tls13]

    private static func random(_ count: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: 7)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    @Test(arguments: versions)
    func `a session is established in pieces of any size, and what waited for it is sent`(
        version: TLSServer.Version
    ) throws {
        let certificates = try Certificates()
        let context = try certificates.context()
        for step in Array(1...80) + Array(stride(from: 97, to: 2_400, by: 61)) {
            let session = try TLSSession(to: .name("redis.internal"), context: context)
            let dialogue = Dialogue(session, try TLSServer(certificates.server, version: version))
            #expect(dialogue.hasOutput && !dialogue.isEstablished)
            try dialogue.write("PING\r\n")
            try dialogue.write("GET a\r\n")
            try dialogue.run(step: step)
            #expect(dialogue.isEstablished && dialogue.server.isEstablished)
            #expect(dialogue.server.received == Array("PING\r\nGET a\r\n".utf8))
            #expect(dialogue.server.askedName == "redis.internal")
            dialogue.server.write(Array("+PONG\r\n".utf8))
            try dialogue.run(step: step)
            #expect(dialogue.received == Array("+PONG\r\n".utf8))
        }
    }

    @Test(arguments: versions, [1 << 16, 1_000])
    func `a megabyte goes both ways`(version: TLSServer.Version, step: Int) throws {
        let dialogue = try Certificates().dialogue(version: version)
        try dialogue.run()
        let bytes = Self.random(1 << 20)
        try dialogue.client.write(plaintext: bytes.span.bytes)
        dialogue.server.write(bytes)
        try dialogue.run(step: step)
        #expect(dialogue.server.received == bytes)
        #expect(dialogue.received == bytes)
    }

    @Test func `when the server wants new keys, what is written before and after arrives`() throws {
        let dialogue = try Certificates().dialogue()
        try dialogue.run()
        dialogue.server.updateKeys()
        let update = dialogue.server.takeOutput()
        for byte in update {
            try dialogue.write("a")
            try dialogue.receive([byte])
        }
        try dialogue.run()
        try dialogue.write("after")
        try dialogue.run()
        #expect(dialogue.server.received == [UInt8](repeating: 0x61, count: update.count) + Array("after".utf8))
    }

    @Test(arguments: versions)
    func `close_notify ends the stream, from either side`(version: TLSServer.Version) throws {
        let certificates = try Certificates()
        let closedByServer = try certificates.dialogue(version: version)
        try closedByServer.run()
        closedByServer.server.write(Array("last".utf8))
        closedByServer.server.close()
        #expect(closedByServer.isOpen)
        try closedByServer.run()
        #expect(closedByServer.received == Array("last".utf8))
        #expect(!closedByServer.isOpen)
        let closedByClient = try certificates.dialogue(version: version)
        try closedByClient.run()
        closedByClient.client.close()
        try closedByClient.run()
        #expect(closedByClient.server.isClosedByPeer && closedByClient.isOpen)
    }

    @Test func `before the handshake is complete, closing sends nothing`() throws {
        let dialogue = try Certificates().dialogue()
        _ = dialogue.takeOutput()
        dialogue.client.close()
        #expect(!dialogue.hasOutput)
    }

    @Test func `more than may wait is an error, once and for all`() throws {
        let dialogue = try Certificates().dialogue()
        let half = [UInt8](repeating: 0, count: TLSSession.limit / 2)
        try dialogue.client.write(plaintext: half.span.bytes)
        #expect(throws: TLSError.overflow) { try dialogue.client.write(plaintext: half.span.bytes) }
        #expect(throws: TLSError.overflow) { try dialogue.write("a") }
        #expect(throws: TLSError.overflow) { try dialogue.receive([1]) }
        let other = try Certificates().dialogue()
        try other.run()
        // Whole records that nobody reads.
        other.server.write([UInt8](repeating: 0, count: TLSSession.limit))
        let ciphertext = other.server.takeOutput()
        #expect(throws: TLSError.overflow) { try other.client.receive(ciphertext: ciphertext.span.bytes) }
    }

    /// What libssl allocates for a record, the server's side shows: it calls libssl and nothing else.
    @Test func `for records that come and go, only libssl allocates`() throws {
        let dialogue = try Certificates().dialogue()
        try dialogue.run()
        let request: StaticString = "GET session:abcdefghijklmnopqrstuvwxyz\r\n"
        let reply = [UInt8](repeating: 0x61, count: 600)
        var counts: (own: [[Int]], libssl: [[Int]]) = ([], [])
        var bytes = 0
        for _ in 0..<40 {
            let writing = Self.allocations { dialogue.server.write(reply) }
            let ciphertext = dialogue.server.takeOutput()
            let ownReading = try Self.allocations {
                try dialogue.client.receive(ciphertext: ciphertext.span.bytes)
                _ = try dialogue.client.read { bytes += $0.byteCount }
            }
            let ownWriting = try Self.allocations { try dialogue.client.write(plaintext: request.rawSpan) }
            var sent: [UInt8] = []
            sent.reserveCapacity(1_000)
            let sending = Self.allocations {
                dialogue.client.send { output in
                    sent.append(copying: output)
                    return output.byteCount
                }
            }
            let reading = Self.allocations { dialogue.server.receive(sent) }
            #expect(sending == 0)
            counts.own.append([ownReading, ownWriting])
            counts.libssl.append([reading, writing])
        }
        #expect(bytes == 40 * 600)
        for kind in 0...1 {
            let least = counts.libssl.map { $0[kind] }.min() ?? 0
            #expect(counts.own.dropFirst(5).allSatisfy { $0[kind] == least }, "\(counts)")
        }
    }

    private static func allocations<Failure>(_ work: () throws(Failure) -> Void) throws(Failure) -> Int {
        let before = allocation_count()
        try work()
        return allocation_count() - before
    }
}
