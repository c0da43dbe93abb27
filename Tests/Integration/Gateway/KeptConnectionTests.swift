import Foundation
import NIOConcurrencyHelpers
import Testing

extension IntegrationTests {
    /// The trap of the usual recipe: nginx keeps its connections to the resolver only if both sides do everything right.
    @Suite struct KeptConnectionTests {
        enum Transport: CaseIterable {
            case tcp, unixSocket
        }

        static let clients = 8
        static let requestsPerClient = 1_250

        @Test(arguments: Transport.allCases)
        func `nginx opens no more connections than it keeps, for 10,000 requests`(_ transport: Transport) throws {
            let stage = try GatewayStage.shared.get()
            let resolver = stage.resolver
            let nginx = try Nginx(
                resolver: transport == .tcp ? resolver.ipv4 : resolver.unix, backend: stage.backend.server.address)
            let requests = try Self.requests()
            let before = try (resolver.metric("connections_accepted_total"), resolver.metric("requests_total"))

            let statuses = NIOLockedValueBox<[Int: Int]>([:])
            DispatchQueue.concurrentPerform(iterations: Self.clients) { client in
                // nginx closes a client's connection after an error; so each status has a connection of its own.
                var connections = [HTTPConnection?](repeating: nil, count: requests.count)
                for number in 0..<Self.requestsPerClient {
                    let index = (number + client) % requests.count
                    let status = (try? Self.ask(requests[index], nginx.address, &connections[index])) ?? 0
                    statuses.withLockedValue { $0[status, default: 0] += 1 }
                }
            }

            let total = Self.clients * Self.requestsPerClient
            #expect(statuses.withLockedValue(\.self) == [200: total * 2 / 4, 401: total / 4, 503: total / 4])
            let after = try (resolver.metric("connections_accepted_total"), resolver.metric("requests_total"))
            #expect(after.1 - before.1 == Double(total))
            // Each of nginx's workers may meet all clients at once.
            #expect(after.0 - before.0 <= Double(Self.clients * ProcessInfo.processInfo.activeProcessorCount))
        }

        /// One valid, one stranger, one turned away, one that can't be checked.
        private static func requests() throws -> [String] {
            let silent = try Mint.token(["iss": Mint.quote(Mint.silentIssuer)])
            return [
                "GET /account/ HTTP/1.1\r\nHost: test\r\nCookie: session=\(Sessions.good.cookie)\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: test\r\n\r\n",
                "GET /account/ HTTP/1.1\r\nHost: test\r\nCookie: session=\(Sessions.revoked.cookie)\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer \(silent)\r\n\r\n",
            ]
        }

        private static func ask(_ request: String, _ address: Address, _ connection: inout HTTPConnection?) throws
            -> Int
        {
            let current = try connection ?? HTTPConnection(to: address)
            try current.send(request)
            let response = try current.response()
            connection = response["connection"] == "close" ? nil : current
            return response.status
        }
    }
}
