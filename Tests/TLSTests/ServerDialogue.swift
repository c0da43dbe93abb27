import Bytes
import Fixtures
import TLS

/// A server's session and a client that speak with each other, without a network between.
@safe final class ServerDialogue {
    var server: TLSSession
    let client: TLSClient
    /// The plaintext that came to the server.
    private(set) var received: [UInt8] = []
    private(set) var failure: TLSError?
    private let room: UnsafeMutableRawBufferPointer

    /// - Parameter room: how much plaintext the server takes at a time.
    init(_ context: TLSServerContext, _ client: TLSClient.Settings, room: Int = 1 << 16) throws {
        server = try TLSSession(accepting: context)
        self.client = try TLSClient(client)
        unsafe self.room = .allocate(byteCount: room, alignment: 8)
    }

    deinit {
        unsafe room.deallocate()
    }

    /// Carries bytes both ways until neither has any.
    ///
    /// - Parameter step: to the server in pieces of so many at most.
    func run(step: Int = 1 << 16) {
        while true {
            let fromClient = client.takeOutput()
            for start in stride(from: 0, to: fromClient.count, by: step) {
                receive(Array(fromClient[start..<min(start + step, fromClient.count)]))
            }
            let fromServer = takeOutput()
            client.receive(fromServer)
            if fromClient.isEmpty, fromServer.isEmpty { return }
        }
    }

    func receive(_ ciphertext: [UInt8]) {
        do throws(TLSError) {
            try server.receive(ciphertext: ciphertext.span.bytes)
            while true {
                let count = unsafe try server.read(into: room)
                guard count > 0 else { return }
                unsafe received.append(contentsOf: room[..<count])
            }
        } catch {
            failure = error
        }
    }

    func write(_ text: String) {
        do throws(TLSError) { try server.write(plaintext: Array(text.utf8).span.bytes) } catch { failure = error }
    }

    func takeOutput() -> [UInt8] {
        var bytes: [UInt8] = []
        server.send { output in
            bytes.append(copying: output)
            return output.byteCount
        }
        return bytes
    }
}

extension Certificates {
    /// - Parameter clients: whose certificates clients have to show.
    func serverContext(admitting clients: CertificateAuthority? = nil) throws -> TLSServerContext {
        try TLSServerContext(
            as: TLSContext.Identity(
                chain: Self.certificates(server.certificate), key: Self.key(server.key)),
            admitting: clients.map { try Self.certificates($0.certificate) })
    }
}
