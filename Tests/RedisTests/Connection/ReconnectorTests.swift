import NIOCore
import NIOEmbedded
import Redis
import Testing

@Suite struct `Reconnecting` {
    /// Counts the attempts of a reconnector on a loop whose time the test moves.
    private final class Scene {
        let loop = EmbeddedEventLoop()
        let reconnector: Reconnector
        private(set) var attempts = 0

        init() {
            reconnector = Reconnector(on: loop)
            reconnector.start { [unowned self] in attempts += 1 }
        }
    }

    @Test func `it opens at once, and again when the connection is lost`() {
        let scene = Scene()
        #expect(scene.attempts == 1)
        scene.loop.advanceTime(by: .seconds(10))
        #expect(scene.attempts == 1)
        scene.reconnector.lost()
        #expect(scene.attempts == 1)
        scene.loop.advanceTime(by: ReconnectSchedule.shortest)
        #expect(scene.attempts == 2)
    }

    @Test func `a server that is gone is asked twice a second at least`() {
        let scene = Scene()
        for _ in 0..<10 {
            scene.reconnector.lost()
            scene.loop.advanceTime(by: ReconnectSchedule.longest)
        }
        #expect(scene.attempts == 11)
    }

    @Test func `a pause that is asked for is kept`() {
        let scene = Scene()
        scene.reconnector.lost(pause: .seconds(30))
        scene.loop.advanceTime(by: .milliseconds(29_999))
        #expect(scene.attempts == 1)
        scene.loop.advanceTime(by: .milliseconds(1))
        #expect(scene.attempts == 2)
    }

    @Test func `once stopped it opens nothing any more`() {
        let scene = Scene()
        scene.reconnector.lost()
        scene.reconnector.stop()
        scene.loop.advanceTime(by: .seconds(60))
        scene.reconnector.lost()
        scene.loop.advanceTime(by: .seconds(60))
        #expect(scene.attempts == 1)
        #expect(scene.reconnector.isStopped)
    }
}
