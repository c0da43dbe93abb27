import Authentication
import Bytes
import Fixtures
import Glibc
import Testing
import Worker

/// An event loop that speaks with the store itself.
@Suite struct StoreLineTests {
    /// A gateway's connection to the loop, and the store's end of the loop's connection to it.
    private final class Scene {
        let gateway: EmbeddedGateway
        let line = ScriptedLine()
        private var store: CInt = -1

        /// Two ends of a connection.
        static func ends() throws -> [CInt] {
            var ends: [CInt] = [0, 0]
            let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
            try #require(unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0)
            return ends
        }

        init() throws {
            gateway = try EmbeddedGateway()
            let ends = try Self.ends()
            store = ends[0]
            nonisolated(unsafe) let line = line
            gateway.post(.store(ends[1]) { unsafe line })
        }

        deinit {
            close(store)
        }

        /// What the loop has sent to the store since the last call.
        func asked() -> String {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = unsafe recv(store, &buffer, buffer.count, 0)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }

        func reply(_ text: String) {
            write(text)
            gateway.settle()
        }

        /// Puts a reply on its way; the loop has yet to look.
        func write(_ text: String) {
            _ = unsafe send(store, text, text.utf8.count, CInt(MSG_NOSIGNAL))
        }

        /// Gives the loop another line, with the store's end of its connection.
        func nextLine() throws -> (ScriptedLine, CInt) {
            let (line, ends) = (ScriptedLine(), try Self.ends())
            nonisolated(unsafe) let given = line
            gateway.post(.store(ends[1]) { unsafe given })
            return (line, ends[0])
        }

        func hangUp() {
            shutdown(store, CInt(SHUT_RDWR))
            gateway.settle()
        }
    }

    private let request = Stage.get("/resolve", Stage.cookie)
    private let disconnected = Stage.unavailable.replacing("store_timed_out", with: "store_disconnected")

    @Test func `a request asks on the line, one look-up after another, and nowhere else`() throws {
        let scene = try Scene()
        scene.gateway.send(request)
        #expect(scene.asked() == "ask 0 \(Stage.sessionKey)\n")
        scene.reply("0 session\n")
        #expect(scene.gateway.received() == "")
        #expect(scene.asked() == "ask 0 \(Stage.userKey)\nask 1 \(Stage.bearerUserKey)\n")
        scene.reply("0 user\n")
        #expect(scene.gateway.received() == Stage.valid)
        #expect(scene.gateway.queries.isEmpty)
    }

    @Test func `what the replies of one read ask leaves in one write`() throws {
        let scene = try Scene()
        let other = try EmbeddedGateway(sharing: scene.gateway)
        scene.gateway.send(request)
        other.send(Stage.get("/resolve", "Cookie: session=b.c\r\n"))
        #expect(scene.asked() == "ask 0 \(Stage.sessionKey)\nask 1 app:my-project:session:b\n")
        scene.reply("0 session\n1 none\n")
        #expect(scene.asked() == "ask 0 \(Stage.userKey)\nask 2 \(Stage.bearerUserKey)\n")
        #expect(other.received().contains("x-authgear-session-valid: false"))
    }

    @Test func `of a session that was good both records are read in one write, and answered by one read`() throws {
        let scene = try Scene()
        scene.gateway.send(request)
        scene.reply("0 session\n")
        scene.reply("0 user\n1 none\n")
        _ = scene.asked()
        #expect(scene.gateway.received() == Stage.valid)
        scene.gateway.send(request)
        #expect(scene.asked() == "ask 1 \(Stage.sessionKey)\nask 0 \(Stage.userKey)\n")
        scene.reply("1 session\n0 user\n")
        #expect(scene.gateway.received() == Stage.valid)
        #expect(scene.asked() == "")
    }

    @Test func `what was read ahead of a change is not used after it`() throws {
        let scene = try Scene()
        scene.gateway.send(request)
        scene.reply("0 session\n")
        scene.reply("0 user\n1 none\n")
        scene.gateway.send(request)
        _ = scene.asked()
        scene.gateway.post(.perform { $0.recordChanged(Array(Stage.userKey.utf8)) })
        scene.reply("1 session\n0 user\n")
        #expect(scene.asked() == "ask 1 \(Stage.userKey)\n")
    }

    @Test func `what the system does not take at once is sent when it does`() throws {
        let scene = try Scene()
        scene.line.portion = 5
        scene.gateway.send(request)
        #expect(scene.asked() == "ask 0 \(Stage.sessionKey)\n")
    }

    @Test func `what a line owes that breaks is asked where it was asked before, once`() throws {
        let scene = try Scene()
        scene.gateway.send(request)
        scene.hangUp()
        #expect(scene.line.told == ["break off"])
        #expect(scene.gateway.received() == "")
        #expect(scene.gateway.queries == [Stage.sessionKey])
        scene.gateway.reply(.unavailable(.disconnected))
        #expect(scene.gateway.received() == disconnected)
    }

    @Test func `what is given back is asked on the line that there is by then, as of when it was asked`() throws {
        let scene = try Scene()
        scene.gateway.send(request)
        scene.hangUp()
        let (line, end) = try scene.nextLine()
        defer { close(end) }
        scene.gateway.returnQuestions(asked: 5)
        #expect(line.asked == [5])
        let reply = "0 none\n"
        _ = unsafe send(end, reply, reply.utf8.count, CInt(MSG_NOSIGNAL))
        scene.gateway.settle()
        #expect(scene.gateway.received().contains("x-authgear-session-valid: false"))
        #expect(scene.gateway.queries == [Stage.sessionKey])
    }

    @Test func `a read that breaks a second line is not asked a third time`() throws {
        let scene = try Scene()
        scene.gateway.send(request)
        scene.hangUp()
        let (line, end) = try scene.nextLine()
        scene.gateway.returnQuestions(asked: nil)
        close(end)
        scene.gateway.settle()
        #expect(line.told == ["break off"])
        #expect(scene.gateway.received() == disconnected)
        #expect(scene.gateway.queries == [Stage.sessionKey])
    }

    @Test func `what is given back while there is no line is asked elsewhere again`() throws {
        let scene = try Scene()
        scene.gateway.send(request)
        scene.hangUp()
        scene.gateway.returnQuestions(asked: 5)
        #expect(scene.gateway.queries == [Stage.sessionKey, Stage.sessionKey])
    }

    @Test func `a reply that has come is heard before the line is told how late it is`() throws {
        let scene = try Scene()
        scene.line.whenSent = { [unowned scene] in
            scene.line.whenSent = {}
            scene.write("0 session\n")
            scene.line.nextPass = 0
        }
        scene.gateway.send(request)
        #expect(scene.line.told == ["pass"])
        #expect(
            scene.asked()
                == "ask 0 \(Stage.sessionKey)\nask 0 \(Stage.userKey)\nask 1 \(Stage.bearerUserKey)\n")
    }

    @Test func `a line in its place ends the one before, and is asked what that one owes`() throws {
        let scene = try Scene()
        scene.gateway.send(request)
        let (line, end) = try scene.nextLine()
        defer { close(end) }
        #expect(scene.line.told == ["break off"])
        #expect(line.asked.count == 1)
        #expect(scene.gateway.received() == "")
    }

    @Test func `the line is told when its time has come, and not before`() throws {
        let early = try Scene()
        early.line.nextPass = .max
        early.gateway.send(request)
        #expect(early.line.told == [])
        let due = try Scene()
        due.line.nextPass = 0
        due.gateway.send(request)
        #expect(due.line.told == ["pass"])
        #expect(due.gateway.received() == Stage.unavailable)
    }
}
