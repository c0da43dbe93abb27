import Bytes
import Fixtures
import Foundation
import TLS

extension FuzzTarget {
    /// Nothing is handed on before the handshake is complete, and then only what the client wrote, from its first byte on: all of it where
    /// nobody meddled. The same holds of what the client is answered. A session that failed stays failed, and keeps no more than came.
    static let tlsServer = FuzzTarget(name: "tls-server") { input in
        guard let world = TLSServerWorld.only else { return expect(false, "certificates are minted") }
        guard let script = TLSServerScript(input) else { return }
        do throws(TLSError) {
            var server = ServedSession(try TLSSession(accepting: world.context), room: script.room)
            switch script.kind {
            case .stranger:
                server.receive(script.rest, step: script.step)
                expect(!server.session.isEstablished, "who has no part of the keys gets no session")
                expect(server.received.isEmpty, "nothing is handed on before the handshake is complete")
            case .client(let number):
                guard let client = try? TLSClient(world.clients[number]) else { return }
                speak(client, with: &server, by: script)
            }
            server.session.close()
        } catch {
            expect(false, "a session begins")
        }
    }

    /// A client of libssl's says the rest of the script. Its stream is changed on the way, where the script says so.
    private static func speak(_ client: TLSClient, with server: inout ServedSession, by script: TLSServerScript) {
        var meddler = script.meddler
        var hasWritten = false
        // A handshake has three flights at most, and the answer is another one.
        for _ in 0..<8 {
            if client.isEstablished, !hasWritten {
                client.write(script.rest)
                hasWritten = true
            }
            server.receive(meddler.pass(client.takeOutput()), step: script.step)
            expect(script.rest.starts(with: server.received), "what is handed on is what the client wrote")
            expect(server.received.isEmpty || server.session.isEstablished, "nothing is handed on before")
            client.receive(server.takeOutput())
            expect(server.received.starts(with: client.received), "what the client is answered is what was written")
        }
        guard !meddler.hasMeddled else { return }
        expect(server.failure == nil && server.session.isEstablished, "who is let alone gets a session")
        expect(server.received == script.rest && client.received == script.rest, "and everything comes, both ways")
    }
}

/// What an input says: how the client speaks, in pieces of how many bytes its stream comes, how much the server takes at a time, where the
/// stream is changed, and then what the client says.
private struct TLSServerScript {
    enum Kind {
        /// Who is no client of TLS: the rest is its stream.
        case stranger
        /// By its number.
        case client(Int)
    }

    let kind: Kind
    let step: Int
    let room: Int
    let meddler: Meddler
    let rest: [UInt8]

    /// Nil for what is too short.
    init?(_ input: RawSpan) {
        guard input.byteCount > 6 else { return nil }
        let number = Int(input[byte: 0])
        kind = number < TLSServerWorld.clientCount ? .client(number) : .stranger
        step = 1 + Int(input[byte: 1])
        room = 1 + Int(input[byte: 2]) * 64
        // A record of change_cipher_spec has six bytes, and an alert seven.
        let inserted = [0, 6, 7, 8][Int(input[byte: 5] >> 6)]
        meddler = Meddler(
            place: Int(input[byte: 3]) << 8 | Int(input[byte: 4]), mask: input[byte: 5],
            inserted: [UInt8](copying: input.extracting(6..<min(6 + inserted, input.byteCount))))
        rest = [UInt8](copying: input.extracting(6..<input.byteCount))
    }
}

/// Who changes one place of a stream, by a mask and by bytes that are put in there.
private struct Meddler {
    let place: Int
    let mask: UInt8
    let inserted: [UInt8]
    private var passed = 0
    private(set) var hasMeddled = false

    init(place: Int, mask: UInt8, inserted: [UInt8]) {
        (self.place, self.mask, self.inserted) = (place, mask, inserted)
    }

    mutating func pass(_ bytes: [UInt8]) -> [UInt8] {
        defer { passed += bytes.count }
        let offset = place - passed
        guard mask != 0, bytes.indices.contains(offset) else { return bytes }
        hasMeddled = true
        return Array(bytes[..<offset]) + inserted + [bytes[offset] ^ (mask & 0x3F)] + Array(bytes[(offset + 1)...])
    }
}

/// A server's session that says again what it hears.
private struct ServedSession: ~Copyable {
    var session: TLSSession
    private(set) var received: [UInt8] = []
    private(set) var failure: TLSError?
    private var given = 0
    private let room: Int

    init(_ session: consuming TLSSession, room: Int) {
        self.session = session
        self.room = room
    }

    mutating func receive(_ bytes: [UInt8], step: Int) {
        for start in stride(from: 0, to: bytes.count, by: step) {
            let result = advance(by: bytes.span.bytes.extracting(start..<min(start + step, bytes.count)))
            if let failure { expect(result == failure, "a session that failed stays failed") }
            failure = result
        }
    }

    private mutating func advance(by piece: RawSpan) -> TLSError? {
        given += piece.byteCount
        let before = received.count
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 8)
        defer { unsafe buffer.deallocate() }
        do throws(TLSError) {
            try session.receive(ciphertext: piece)
            while true {
                let count = unsafe try session.read(into: buffer)
                guard count > 0 else { break }
                expect(session.isEstablished && failure == nil, "nothing is handed on before, or after a failure")
                unsafe received.append(contentsOf: buffer[..<count])
            }
            let answer = Array(received[before...])
            if !answer.isEmpty, !session.isClosedByPeer { try session.write(plaintext: answer.span.bytes) }
        } catch {
            return error
        }
        if !session.hasOutput { expect(session.memory <= given, "no more is kept than came") }
        return nil
    }

    mutating func takeOutput() -> [UInt8] {
        var bytes: [UInt8] = []
        session.send { output in
            bytes.append(copying: output)
            return output.byteCount
        }
        return bytes
    }
}

/// A server's certificate, and how clients speak that may come to it. Nothing of it is changed; libFuzzer has one thread.
@safe private struct TLSServerWorld: @unchecked Sendable {
    private struct Unreadable: Error {}

    static let only = try? TLSServerWorld()
    static let clientCount = 6

    let context: TLSServerContext
    let clients: [TLSClient.Settings]

    private init() throws {
        let authority = try CertificateAuthority()
        // Its files are gone with it.
        defer { withExtendedLifetime(authority) {} }
        let own = try authority.issue("server", for: "DNS:localhost")
        guard let chain = try TLSCertificates(pem: Self.bytes(own.certificate)),
            let key = try TLSPrivateKey(pem: Self.bytes(own.key))
        else { throw Unreadable() }
        context = try TLSServerContext(as: TLSContext.Identity(chain: chain, key: key))
        clients = try [TLSServer.Version.tls13, .tls12].flatMap { version in
            try [[], ["h2", "http/1.1"], ["http/1.1"]].map { protocols in
                try TLSClient.Settings(versions: version...version, protocols: protocols)
            }
        }
    }

    private static func bytes(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path))) }
}
