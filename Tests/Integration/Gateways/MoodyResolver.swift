import EventLoop
import Fixtures
import Foundation
import NIOConcurrencyHelpers

/// What stands in for the resolver when that is in trouble; it writes down what it is asked.
final class MoodyResolver: Sendable {
    enum Mood: String, CaseIterable, Sendable {
        /// It lets everybody in, as one user.
        case well
        /// It says 503.
        case unavailable
        /// It closes each connection at once, or in the middle of an answer.
        case resets, stops
        /// It says nothing.
        case hangs
        /// Nobody listens any more.
        case refuses

        static let outages: [Mood] = [.unavailable, .resets, .stops, .hangs, .refuses]
    }

    let address: Address
    private let server: SocketServer
    private let mood: NIOLockedValueBox<Mood>
    private let seen: NIOLockedValueBox<[String]>

    init() throws {
        let (mood, seen) = (NIOLockedValueBox(Mood.well), NIOLockedValueBox<[String]>([]))
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

    private static func answer(in mood: Mood) -> String? {
        switch mood {
        case .well:
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-authgear-session-valid: true\r\nx-authgear-user-id: u\r\n\r\n"
        case .unavailable: "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n\r\n"
        case .stops: "HTTP/1.1 200 OK\r\nContent-Len"
        case .resets, .hangs, .refuses: nil
        }
    }

    /// From now on it is like this. What it had open ends.
    func become(_ mood: Mood) {
        self.mood.withLockedValue { $0 = mood }
        server.cutConnections()
        if mood == .refuses { server.stop() }
    }

    /// The questions so far, with the bodies that came with them.
    var questions: [String] { seen.withLockedValue(\.self) }
}
