import Authentication
import Fixtures
import HTTP1
import JOSE
import Worker

/// A gateway that speaks HTTP/2 with an event loop.
final class HTTP2Gateway {
    let gateway: EmbeddedGateway
    let client = HTTP2Client()

    /// - Parameter room: how many bytes the loop can write before the gateway reads, about; nil: very many.
    init(
        _ limits: ConnectionLimits = .generous, sharing other: HTTP2Gateway? = nil, issuers: [TrustedIssuer] = [],
        room: CInt? = nil, speaking front: GatewayFront = .http, telling audience: Audience? = nil
    ) throws {
        gateway = try EmbeddedGateway(
            limits, sharing: other?.gateway, issuers: issuers, room: room, speaking: front, telling: audience)
    }

    /// Has everything that is said heard.
    func settle() {
        while true {
            let bytes = client.output()
            if !bytes.isEmpty { gateway.send(bytes: bytes) }
            let received = gateway.receivedBytes()
            client.receive(received)
            if bytes.isEmpty, received.isEmpty { return }
        }
    }
}
