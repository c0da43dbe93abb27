import Bytes
import Fixtures
import Foundation
import TLS

/// A client's session and a server that speak with each other, without a network between.
final class Dialogue {
    var client: TLSSession
    let server: TLSServer
    /// The plaintext that came to the client.
    private(set) var received: [UInt8] = []
    /// False once the server has closed.
    private(set) var isOpen = true

    init(_ client: consuming TLSSession, _ server: TLSServer) {
        self.client = client
        self.server = server
    }

    var isEstablished: Bool { client.isEstablished }
    var hasOutput: Bool { client.hasOutput }

    func write(_ text: String) throws(TLSError) {
        try client.write(plaintext: Array(text.utf8).span.bytes)
    }

    /// Carries bytes both ways until neither has any.
    ///
    /// - Parameter step: in pieces of so many at most.
    func run(step: Int = 1 << 16) throws(TLSError) {
        var isMoving = true
        while isMoving {
            let fromClient = takeOutput(step: step)
            server.receive(fromClient)
            let fromServer = server.takeOutput()
            for start in stride(from: 0, to: fromServer.count, by: step) {
                try receive(Array(fromServer[start..<min(start + step, fromServer.count)]))
            }
            isMoving = !fromClient.isEmpty || !fromServer.isEmpty
        }
    }

    func receive(_ ciphertext: [UInt8]) throws(TLSError) {
        try client.receive(ciphertext: ciphertext.span.bytes)
        isOpen = try client.read { received.append(copying: $0) }
    }

    /// All the client's ciphertext; the system takes `step` bytes at a time.
    func takeOutput(step: Int = 1 << 16) -> [UInt8] {
        var bytes: [UInt8] = []
        while client.hasOutput {
            client.send { output in
                let count = min(step, output.byteCount)
                bytes.append(copying: output.extracting(first: count))
                return count
            }
        }
        return bytes
    }

    /// How it ends when both are let.
    func failure() -> TLSError? {
        do throws(TLSError) {
            try run()
            return nil
        } catch {
            return error
        }
    }
}

/// Who vouches for whom in these tests.
struct Certificates {
    let authority: CertificateAuthority
    /// For the name `redis.internal`, anything under `example.test`, and the address 192.0.2.7.
    let server: CertificateAuthority.Issued

    init() throws {
        authority = try CertificateAuthority()
        server = try authority.issue("server", for: "DNS:redis.internal,DNS:*.example.test,IP:192.0.2.7,IP:2001:db8::7")
    }

    func context(as client: CertificateAuthority.Issued? = nil) throws -> TLSContext {
        try Self.context(trusting: authority.certificate, as: client)
    }

    static func context(
        trusting path: String, as client: CertificateAuthority.Issued? = nil
    ) throws -> TLSContext {
        let anchors = try certificates(path)
        guard let client else { return try TLSContext(trusting: anchors) }
        return try TLSContext(
            trusting: anchors, as: TLSContext.Identity(chain: certificates(client.certificate), key: key(client.key)))
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: path)))
    }

    static func certificates(_ path: String) throws -> TLSCertificates {
        guard let certificates = try TLSCertificates(pem: bytes(path)) else { throw Unreadable(path: path) }
        return certificates
    }

    static func key(_ path: String) throws -> TLSPrivateKey {
        guard let key = try TLSPrivateKey(pem: bytes(path)) else { throw Unreadable(path: path) }
        return key
    }

    struct Unreadable: Error { var path: String }

    func dialogue(
        with name: TLSSession.Server = .name("redis.internal"), as client: CertificateAuthority.Issued? = nil,
        checking clients: TLSServer.ClientCheck = .none, version: TLSServer.Version = .tls13
    ) throws -> Dialogue {
        Dialogue(
            try TLSSession(to: name, context: context(as: client)),
            try TLSServer(server, checking: clients, version: version))
    }
}
