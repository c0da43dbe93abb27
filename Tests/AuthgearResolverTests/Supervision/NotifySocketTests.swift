import AuthgearResolver
import Fixtures
import Foundation
import Testing

/// How a service manager is reached.
@Suite(.timeLimit(.minutes(1))) struct NotifySocketTests {
    @Test func `a message arrives whole at a path, and at an abstract name`() async throws {
        let folder = TemporaryDirectory()
        for address in [folder.path + "/notify", "@authgear-resolver-\(UUID().uuidString)"] {
            let manager = try NotificationReceiver(address)
            let socket = try #require(NotifySocket(address))
            #expect(socket.send("READY=1\nSTATUS=here"))
            #expect(await manager.next() == "READY=1\nSTATUS=here")
        }
    }

    @Test func `the longest abstract name is one`() async throws {
        let name = String(("@" + UUID().uuidString + String(repeating: "x", count: 108)).prefix(108))
        let manager = try NotificationReceiver(name)
        #expect(try #require(NotifySocket(name)).send("a"))
        #expect(await manager.next() == "a")
    }

    @Test(arguments: [
        "", "/", "@", "relative", "vsock:2:1234", "/a\u{0}b", "@" + String(repeating: "x", count: 108),
        "/" + String(repeating: "x", count: 107),
    ])
    func `what is neither is nobody`(text: String) {
        #expect(NotifySocket(text) == nil)
    }

    @Test func `a manager that is away changes nothing`() throws {
        #expect(try !#require(NotifySocket("/nowhere/notify")).send("READY=1"))
    }
}
