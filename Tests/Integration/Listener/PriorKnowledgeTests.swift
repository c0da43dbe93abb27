import Fixtures
import Testing

extension IntegrationTests {
    /// HTTP/2 on the addresses of HTTP/1 (contract section 27).
    @Suite struct PriorKnowledgeTests {
        let resolver: ResolverServer

        init() throws { resolver = try ListenerStage.shared.get() }

        /// Sends the client's requests, and gives their answers.
        private static func ask(
            _ address: Address, _ client: HTTP2Client, _ ids: [Int32]
        ) throws -> [HTTP2Client.Answer] {
            let socket = try Socket.connect(to: address)
            try socket.send(client.output())
            while !ids.allSatisfy({ client.answer($0).isWhole || client.answer($0).reset != nil }) {
                let bytes = try socket.receive()
                guard !bytes.isEmpty else { break }
                client.receive(bytes)
                let more = client.output()
                if !more.isEmpty { try socket.send(more) }
            }
            return ids.map(client.answer)
        }

        @Test(arguments: [
            "/resolve", "/require", "/_resolver/require/a?b", "/resolve/", "/resolver", "/policy/x/require", "/metrics",
        ])
        func `each path has the answer that it has over HTTP/1`(path: String) throws {
            for field in ["", "Bearer \(try Mint.token())", "Bearer a.b.c"] {
                let plain = try HTTPConnection.get(
                    resolver.ipv4, path, field.isEmpty ? "X: y" : "Authorization: \(field)")
                for address in [resolver.ipv4, resolver.ipv6, resolver.unix] {
                    let client = HTTP2Client()
                    let id = client.request(path, field.isEmpty ? [("x", "y")] : [("authorization", field)])
                    let answer = try Self.ask(address, client, [id])[0]
                    #expect(answer.status == plain.status)
                    #expect(answer.value("www-authenticate") == plain["www-authenticate"])
                    let identity = answer.fields.filter { $0.hasPrefix("x-authgear-") }.map { $0.dropFirst(11) }
                    #expect(identity.map(String.init).sorted() == plain.identity.sorted())
                }
            }
        }

        @Test func `a thousand requests at once on one connection have their answers`() throws {
            let client = HTTP2Client()
            let token = try Mint.token()
            let ids = (0..<1_000).map { number in
                client.request(
                    "/require", method: "POST", number % 2 == 0 ? [("authorization", "Bearer \(token)")] : [],
                    body: [UInt8](repeating: 7, count: 20))
            }
            let answers = try Self.ask(resolver.ipv4, client, ids)
            for (number, answer) in answers.enumerated() { #expect(answer.status == (number % 2 == 0 ? 200 : 401)) }
        }

        @Test func `who opens streams to reset them is shown the door, and nobody else notices`() throws {
            let (client, socket) = (HTTP2Client(), try Socket.connect(to: resolver.ipv4))
            let other = HTTP2Client()
            for _ in 0..<1_100 {
                let id = client.request("/require", method: "POST", body: [1], isWhole: false)
                try socket.send(client.output())
                client.reset(id)
                try socket.send(client.output())
                if client.goAways.contains(where: { $0.code == 11 }) { break }
            }
            while !client.goAways.contains(where: { $0.code == 11 }) {
                let bytes = try socket.receive()
                guard !bytes.isEmpty else { break }
                client.receive(bytes)
            }
            #expect(client.goAways.map(\.code).contains(11))
            let id = other.request("/require")
            #expect(try Self.ask(resolver.ipv4, other, [id])[0].status == 401)
        }
    }
}
