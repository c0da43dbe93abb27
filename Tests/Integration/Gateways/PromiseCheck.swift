import Fixtures
import Foundation
import Testing

/// Finds out how a gateway keeps a promise: each of these gives what is wrong, and nothing when nothing is.
struct PromiseCheck {
    let program: GatewayProgram
    let stand: GatewayStand

    func faults(_ promise: Promise) throws -> [String] {
        switch promise {
        case .missingPolicy: try missingPolicy()
        case .outage: try OutageCheck.faults(of: program)
        case .connections: try connections()
        case .bodies: try rows(promise) + questions()
        case .address: try address()
        case .expectation: try expectation()
        case .crumbs: try crumbs()
        case .http2: try overHTTP2()
        case .webSocket: try webSockets()
        default: try rows(promise)
        }
    }

    /// The rows of the table.
    private func rows(_ promise: Promise) throws -> [String] {
        let gateway = try stand.gateway(program)
        return GatewayRow.table.filter { $0.promise == promise }.compactMap { row in
            do {
                return try row.fault(try gateway.ask(row.request()))
            } catch {
                return "\(row.name): \(error)"
            }
        }
    }

    /// As where the gateway was configured before the resolver.
    private func missingPolicy() throws -> [String] {
        let gateway = try RunningGateway(
            program, resolver: stand.addressWithoutPolicies(of: program), backend: stand.backend.server.address)
        return try [GatewayRow.Sender.session, .token].compactMap { sender in
            let response = try gateway.ask(GatewayRow(.missingPolicy, "", sender, at: .policy).request())
            let isRight = response.status == 503 && response["retry-after"] == "1" || response.status == 500
            return isRight && response["x-backend"] == nil ? nil : "\(sender): \(response.status)"
        }
    }

    /// 2,000 requests one after another, some turned away, some with what can't be checked.
    private func connections() throws -> [String] {
        let (gateway, resolver) = (try stand.gateway(program), try stand.resolver(of: program))
        let requests = try [
            GatewayRow(.connections, "", .session, at: .require), GatewayRow(.connections, "", .nobody, at: .require),
            GatewayRow(.connections, "", .token, at: .resolve), GatewayRow(.connections, "", .unknown, at: .resolve),
            GatewayRow(.connections, "", .plainToken, at: .policy),
        ].map { try $0.request() }
        var connection: HTTPConnection?
        var statuses: [Int: Int] = [:]
        func ask(_ count: Int) throws {
            for number in 0..<count {
                let current = try connection ?? HTTPConnection(to: gateway.address)
                try current.send(requests[number % requests.count])
                let response = try current.response()
                statuses[response.status, default: 0] += 1
                connection = response["connection"]?.lowercased() == "close" ? nil : current
            }
        }
        try ask(100)
        let before = try resolver.metric("connections_accepted_total")
        statuses = [:]
        try ask(2_000)
        // `metric` itself asks another listener.
        let opened = try resolver.metric("connections_accepted_total") - before
        var faults = opened <= 2 ? [] : ["\(Int(opened)) connections for 2,000 requests"]
        if statuses != [200: 800, 401: 400, 503: 400, 403: 400] { faults.append("statuses \(statuses)") }
        return faults
    }

    /// What a gateway sends to the resolver of requests with bodies: no body, and nothing that announces one.
    private func questions() throws -> [String] {
        let resolver = try program.makeResolverInTrouble()
        let gateway = try RunningGateway(program, resolver: resolver.address, backend: stand.backend.server.address)
        for row in GatewayRow.table where row.promise == .bodies {
            _ = try gateway.ask(row.request())
        }
        var faults = resolver.questions.isEmpty ? ["nothing was asked"] : []
        guard !program.asksByHTTP2 else {
            let body = "0123456789012345678901234567890123456789"
            return faults + (resolver.questions.contains { $0.contains(body) } ? ["a body came with a question"] : [])
        }
        for question in resolver.questions {
            let head = question.lowercased().split(separator: "\r\n")
            let announces = head.contains { line in
                line.hasPrefix("transfer-encoding:") || line.hasPrefix("expect:")
                    || line.hasPrefix("content-length:") && line != "content-length: 0"
            }
            if announces || !question.hasSuffix("\r\n\r\n") { faults.append("asked: \(question.prefix(400))") }
        }
        return faults
    }

    /// What a client says of its own address reaches the resolver nowhere.
    private func address() throws -> [String] {
        let resolver = try program.makeResolverInTrouble()
        let gateway = try RunningGateway(program, resolver: resolver.address, backend: stand.backend.server.address)
        let fields = ["X-Forwarded-For: 192.0.2.7"] + resolver.credential
        for place in [GatewayRow.Place.resolve, .require] {
            _ = try gateway.get(place.rawValue, fields)
        }
        guard !resolver.questions.isEmpty else { return ["nothing was asked"] }
        return resolver.questions.filter { $0.contains("192.0.2.7") }.map { "asked: \($0.prefix(400))" }
    }

    /// A client that waits for `100 Continue` gets it, or an answer, before it sends a byte of its body.
    private func expectation() throws -> [String] {
        let gateway = try stand.gateway(program)
        var faults: [String] = []
        for (place, sender) in [
            (GatewayRow.Place.resolve, GatewayRow.Sender.session), (.require, .session), (.require, .nobody),
            (.clear, .nobody),
        ] {
            var row = GatewayRow(
                .expectation, "\(sender) at \(place.rawValue)", sender, at: place, method: "POST",
                fields: ["Content-Length: 5", "Expect: 100-continue"])
            row.arrivingBody = "hello"
            do {
                let connection = try HTTPConnection(to: gateway.address)
                try connection.send(try row.request())
                var response = try connection.response()
                if response.status == 100 {
                    try connection.send("hello")
                    // It may be said twice, by the gateway and by the backend.
                    repeat { response = try connection.response() } while response.status == 100
                }
                if let fault = try row.fault(response) { faults.append(fault) }
            } catch {
                faults.append("\(row.name): \(error)")
            }
        }
        return faults
    }

    private func crumbs() throws -> [String] {
        let session = "session=\(Sessions.good.cookie)"
        let crumbs = [("cookie", "a=1"), ("cookie", session), ("cookie", "b=2")]
        return try overHTTP2([("/", crumbs, Sessions.identity), ("/account/", crumbs, Sessions.identity)])
    }

    private func overHTTP2() throws -> [String] {
        let bearer = ("authorization", "Bearer \(try Mint.token())")
        let spoofs = GatewayRow.names.flatMap { [("x-authgear-\($0)", "a"), ("x_authgear_\($0)", "a")] }
        return try overHTTP2([
            ("/", [], []), ("/", spoofs, []), ("/", [bearer], Mint.identity),
            ("/account/", [bearer] + spoofs, Mint.identity),
            ("/account/", spoofs, nil), ("/public/", spoofs + [bearer], []),
        ])
    }

    private func overHTTP2(_ requests: [(path: String, fields: [(String, String)], identity: [String]?)]) throws
        -> [String]
    {
        let gateway = try stand.gateway(program)
        return requests.compactMap { request in
            do {
                var client = try CleartextHTTP2(to: gateway.http2)
                let arrived = try client.get(request.path, request.fields)
                return arrived?.identity == request.identity
                    ? nil : "\(request.path): \(arrived?.identity ?? ["nothing arrived"])"
            } catch {
                return "\(request.path): \(error)"
            }
        }
    }

    private func webSockets() throws -> [String] {
        let gateway = try stand.gateway(program)
        var faults: [String] = []
        let handshake = [
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        for (sender, status) in [(GatewayRow.Sender.session, 101), (.nobody, 401), (.unknown, 503)] {
            let row = GatewayRow(.webSocket, "\(sender)", sender, at: .require, fields: handshake)
            do {
                let connection = try HTTPConnection(to: gateway.address)
                try connection.send(try row.request())
                let response = try connection.response(toHEAD: status == 101)
                if response.status != status { faults.append("\(sender): \(response.status)") }
                guard response.status == 101 else { continue }
                if response["x-seen"] != "yes" { faults.append("the backend did not see who opens it") }
                try connection.send("ping!")
                let echo = try connection.rest()
                if echo != "ping!" { faults.append("what came back is \(echo.debugDescription)") }
            } catch {
                faults.append("\(sender): \(error)")
            }
        }
        return faults
    }
}
