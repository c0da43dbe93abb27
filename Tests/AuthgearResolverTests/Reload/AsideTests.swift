import AuthgearResolver
import Dispatch
import Testing

@Suite(.timeLimit(.minutes(1))) struct AsideTests {
    @Test func `the work's result is given`() async {
        #expect(await Aside.run { 7 } == 7)
    }

    @Test func `work that hangs is left alone when the process is to end`() async {
        let (begun, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let task = Task {
            await Aside.run {
                begun.signal()
                ended.wait()
            }
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                begun.wait()
                continuation.resume()
            }
        }
        task.cancel()
        #expect(await task.value == nil)
        ended.signal()
    }

    @Test func `nothing is waited for when it is to end already`() async {
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            let hang = DispatchSemaphore(value: 0)
            return await Aside.run { hang.wait() }
        }
        task.cancel()
        #expect(await task.value == nil)
    }
}
