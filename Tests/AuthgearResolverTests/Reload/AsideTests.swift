import AuthgearResolver
import Dispatch
import Fixtures
import Testing

@Suite(.timeLimit(.minutes(1))) struct AsideTests {
    private static func words(_ ending: Aside.Ending<Int>) -> String { "\(ending)" }

    @Test func `the work's result is given`() async {
        #expect(Self.words(await Aside.run { 7 }) == "done(7)")
        #expect(Self.words(await Aside.attempt { 7 }) == "done(7)")
    }

    @Test func `work that hangs is left alone when its time is over`() async {
        let end = DispatchSemaphore(value: 0)
        #expect(Self.words(await Aside.run(within: .milliseconds(1)) { Self.wait(for: end) }) == "late")
        end.signal()
    }

    @Test func `work that hangs is left alone when the process is to end`() async {
        let (end, begun) = (DispatchSemaphore(value: 0), AsyncStream.makeStream(of: Void.self))
        let task = Task {
            await Aside.run {
                begun.continuation.yield()
                return Self.wait(for: end)
            }
        }
        var events = begun.stream.makeAsyncIterator()
        _ = await events.next()
        task.cancel()
        #expect(Self.words(await task.value) == "left")
        end.signal()
    }

    @Test func `nothing is waited for when it is to end already`() async {
        let end = DispatchSemaphore(value: 0)
        let task = Task {
            try? await waitUntil { Task.isCancelled }
            return await Aside.run { Self.wait(for: end) }
        }
        task.cancel()
        #expect(Self.words(await task.value) == "left")
        end.signal()
    }

    private static func wait(for end: DispatchSemaphore) -> Int {
        end.wait()
        return 0
    }
}
