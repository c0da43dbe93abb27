import EventLoop
import Fixtures
import Foundation
import NIOConcurrencyHelpers

/// What stands in for a resolver that is asked over HTTP/1, and lets everybody in as one user while it is well.
final class MoodyResolver: ResolverInTrouble {
    let address: Address
    private let server: SocketServer
    private let mood: NIOLockedValueBox<ResolverMood>
    private let seen: NIOLockedValueBox<[String]>

    init() throws {
        let (mood, seen) = (NIOLockedValueBox(ResolverMood.well), NIOLockedValueBox<[String]>([]))
        (self.mood, self.seen) = (mood, seen)
        address = .ipv4(try FreePort.take())
        server = try SocketServer(on: address) { socket in
            var reader = WholeRequestReader(socket)
            while let head = try reader.head() {
                let mood = mood.withLockedValue(\.self)
                if mood == .hangs {
                    _ = try? socket.receive()
                    return
                }
                // What a gateway sends behind the head is seen here, whatever it says of it.
                let (body, _) = try reader.body(behind: head)
                seen.withLockedValue { $0.append(head + "\r\n\r\n" + body) }
                guard let answer = Self.answer(in: mood) else { return }
                try socket.send(answer)
                if mood == .stops { return }
            }
        }
    }

    private static func answer(in mood: ResolverMood) -> String? {
        switch mood {
        case .well:
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-authgear-session-valid: true\r\nx-authgear-user-id: u\r\n\r\n"
        case .unavailable: "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n\r\n"
        case .fails: "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nOops!"
        case .babbles: ResolverMood.babble
        case .stops: "HTTP/1.1 200 OK\r\nContent-Len"
        case .resets, .hangs, .refuses: nil
        }
    }

    func become(_ mood: ResolverMood) {
        self.mood.withLockedValue { $0 = mood }
        server.cutConnections()
        if mood == .refuses { server.stop() }
    }

    var questions: [String] { seen.withLockedValue(\.self) }

    var credential: [String] { [] }
}
