import Bytes
import Fixtures
import Glibc
import HTTP1
import TLS
import Trust
import Worker

/// A gateway that speaks TLS with an event loop.
final class SecuredGateway {
    let gateway: EmbeddedGateway
    let client: TLSClient

    /// - Parameters:
    ///   - protocols: those that it names.
    ///   - room: how many bytes the loop can write before the gateway reads, about; nil: very many.
    init(
        _ limits: ConnectionLimits = .generous, sharing other: SecuredGateway? = nil, protocols: [String] = [],
        version: TLSServer.Version = .tls13, room: CInt? = nil, admitting clients: CertificateAuthority? = nil
    ) throws {
        gateway = try EmbeddedGateway(
            limits, sharing: other?.gateway, room: room, speaking: .secured, tls: Self.context(admitting: clients))
        client = try TLSClient(TLSClient.Settings(versions: version...version, protocols: protocols))
    }

    private static func context(admitting clients: CertificateAuthority?) throws -> TLSServerContext {
        let authority = try CertificateAuthority()
        let own = try authority.issue("server", for: "DNS:localhost")
        let files = ServerFiles(
            certificate: NamedFile(own.certificate, key: "cert_file"), key: NamedFile(own.key, key: "key_file"),
            clientAnchors: clients.map { NamedFile($0.certificate, key: "client_ca_file") })
        return try files.read(at: Timestamp(seconds: Int64(time(nil))))
    }

    /// Has everything that is said heard.
    ///
    /// - Parameter step: by the loop in pieces of so many bytes at most.
    func settle(step: Int = 1 << 16) {
        while true {
            let bytes = client.takeOutput()
            for start in stride(from: 0, to: bytes.count, by: step) {
                gateway.send(bytes: Array(bytes[start..<min(start + step, bytes.count)]))
            }
            let received = gateway.receivedBytes()
            client.receive(received)
            if bytes.isEmpty, received.isEmpty { return }
        }
    }

    /// What came back to a text.
    func ask(_ text: String, step: Int = 1 << 16) -> String {
        client.write(Array(text.utf8))
        settle(step: step)
        return received()
    }

    /// What came since the last call, without dates.
    func received() -> String { Stage.withoutDates(String(decoding: client.takeReceived(), as: UTF8.self)) }
}
