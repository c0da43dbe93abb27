import NIOConcurrencyHelpers
import Testing
import Worker

/// How the files are read that credentials come from, without a server.
@Suite(.timeLimit(.minutes(5))) struct CredentialReadingTests {
    @Test func `one reading is under way at most, and who comes meanwhile waits for the next`() async throws {
        let isReleased = ConditionLock(value: false)
        let readings = NIOLockedValueBox(0)
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let files = CredentialFiles {
            readings.withLockedValue { $0 += 1 }
            beginning.yield()
            isReleased.lock(whenValue: true)
            isReleased.unlock()
            return StoreCredentials()
        }
        let (replies, replying) = AsyncStream.makeStream(of: StoreCredentials?.self)
        files.read { replying.yield($0) }
        for await _ in begun { break }
        for _ in 0..<CredentialFiles.maximumWaiting { files.read { replying.yield($0) } }
        // The file system hangs, and nobody can wait for it any more.
        let atOnce = NIOLockedValueBox(0)
        for _ in 0..<3 { files.read { reply in atOnce.withLockedValue { $0 += reply == nil ? 1 : 0 } } }
        #expect(atOnce.withLockedValue(\.self) == 3)
        #expect(readings.withLockedValue(\.self) == 1)
        isReleased.lock()
        isReleased.unlock(withValue: true)
        var iterator = replies.makeAsyncIterator()
        for _ in 0...CredentialFiles.maximumWaiting { #expect(await iterator.next() == .some(StoreCredentials())) }
        #expect(readings.withLockedValue(\.self) == 2)
        files.read { replying.yield($0) }
        #expect(await iterator.next() == .some(StoreCredentials()))
        #expect(readings.withLockedValue(\.self) == 3)
    }

    @Test func `what can't be read is nothing, once and again`() async {
        struct Unreadable: Error {}
        let files = CredentialFiles { throw Unreadable() }
        for _ in 0..<2 {
            let credentials = await withCheckedContinuation { continuation in
                files.read { continuation.resume(returning: $0) }
            }
            #expect(credentials == nil)
        }
    }
}
