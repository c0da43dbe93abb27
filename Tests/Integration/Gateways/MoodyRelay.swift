import EventLoop
import Fixtures
import Foundation
import NIOConcurrencyHelpers

/// What stands between a gateway and a resolver that is asked over HTTP/2, by gRPC or not: passes on what both say while all is well.
final class MoodyRelay: ResolverInTrouble {
    let address: Address
    private let server: SocketServer
    /// One whose sessions can't be looked up.
    private let unavailable: ResolverServer
    private let mood = NIOLockedValueBox(ResolverMood.well)
    private let seen = NIOLockedValueBox<[UInt8]>([])

    init(for program: GatewayProgram) throws {
        let stand = try GatewayStand.shared.get()
        let well = program.asksByTLS ? try stand.resolver(of: program).ipv4 : try stand.address(of: program)
        let nowhere = Address.ipv4(try FreePort.take())
        unavailable = try ResolverServer(
            "sessions: { store: redis, app_id: my-project, redis: { url: \"redis://\(nowhere)\" } }\n"
                + "policies: { admin: { roles: [stock.edit] } }\n", calls: [""], level: "info")
        address = .ipv4(try FreePort.take())
        let unavailable = program.asksByCalls ? unavailable.calls.first ?? nowhere : unavailable.ipv4
        server = try SocketServer(on: address) { [mood, seen] gateway in
            let current = mood.withLockedValue(\.self)
            switch current {
            case .resets, .refuses: return
            case .hangs: while try !gateway.receive().isEmpty {}
            case .babbles:
                try gateway.send(ResolverMood.babble)
                while try !gateway.receive().isEmpty {}
            case .fails: try Self.fail(gateway)
            case .well, .stops, .unavailable:
                let resolver = try Socket.connect(to: current == .unavailable ? unavailable : well)
                Thread.detachNewThread { Self.pass(from: resolver, to: gateway, stops: current == .stops) }
                defer { resolver.cut() }
                while true {
                    let bytes = try gateway.receive()
                    guard !bytes.isEmpty else { return }
                    seen.withLockedValue { $0 += bytes }
                    try resolver.send(bytes)
                }
            }
        }
    }

    /// - Parameter stops: it ends behind the settings, in the middle of a frame.
    private static func pass(from resolver: Socket, to gateway: Socket, stops: Bool) {
        defer { gateway.cut() }
        var left = 80
        while let bytes = try? resolver.receive(), !bytes.isEmpty {
            let part = stops ? Array(bytes.prefix(left)) : bytes
            left -= part.count
            guard !part.isEmpty, (try? gateway.send(part)) != nil else { return }
        }
    }

    /// Answers each question with 500, and nothing that a call is answered with.
    private static func fail(_ gateway: Socket) throws {
        try gateway.send([0, 0, 0, 4, 0, 0, 0, 0, 0])
        var left: [UInt8] = []
        // Behind the preface (RFC 9113 section 3.4).
        var start = 24
        while true {
            let bytes = try gateway.receive()
            guard !bytes.isEmpty else { return }
            left += bytes
            while left.count >= start + 9 {
                let frame = left[start..<start + 9].map(\.self)
                let length = frame[..<3].reduce(0) { $0 << 8 | Int($1) }
                guard left.count >= start + 9 + length else { break }
                left.removeFirst(start + 9 + length)
                start = 0
                // The head of a question is answered by `:status: 500` of HPACK's table (RFC 7541 appendix A), and that is all.
                if frame[3] == 1 { try gateway.send([0, 0, 1, 1, 5] + frame[5...] + [0x8E]) }
            }
        }
    }

    func become(_ mood: ResolverMood) {
        self.mood.withLockedValue { $0 = mood }
        server.cutConnections()
        if mood == .refuses { server.stop() }
    }

    /// The beginning of `192.0.2.7` in Huffman's code (RFC 7541 appendix B), in which a head may be.
    private static let codedAddress: [UInt8] = [0x0B, 0xE2, 0x5C, 0x0B, 0x89, 0x77]

    /// All that was said, as one: messages are not compressed, so that a body would be seen in it.
    var questions: [String] {
        let bytes = seen.withLockedValue(\.self)
        guard !bytes.isEmpty else { return [] }
        let isCoded = bytes.firstRange(of: Self.codedAddress) != nil
        return [String(decoding: bytes, as: UTF8.self) + (isCoded ? " 192.0.2.7" : "")]
    }

    var credential: [String] { ["Cookie: session=\(Sessions.good.cookie)"] }
}
