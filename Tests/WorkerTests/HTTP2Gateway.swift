import Authentication
import Fixtures
import HTTP1
import Worker

/// A gateway that speaks HTTP/2 with an event loop.
final class HTTP2Gateway {
    let gateway: EmbeddedGateway
    let client = HTTP2Client()

    init(_ limits: ConnectionLimits = .generous, speaking front: GatewayFront = .http) throws {
        gateway = try EmbeddedGateway(limits, speaking: front)
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
