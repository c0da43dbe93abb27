import EventLoop
import Glibc
import Testing

/// Descriptors that go over a Unix socket.
@Suite(.timeLimit(.minutes(1))) struct DescriptorPassingTests {
    private static func pair() throws -> (CInt, CInt) {
        var ends: [CInt] = [0, 0]
        try #require(unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
        return (ends[0], ends[1])
    }

    /// Which file a descriptor stands for.
    private static func file(_ descriptor: CInt) -> UInt {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? status.st_ino : 0
    }

    @Test(arguments: [0, 1, 66, DescriptorPassing.limit])
    func `they stand for the same files, in their order, and are not handed on`(count: Int) throws {
        let (one, other) = try Self.pair()
        let sent = (0..<count).map { _ in socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0) }
        defer { for each in [one, other] + sent { close(each) } }
        #expect(DescriptorPassing.send(Array("done\n".utf8), with: sent, over: one) == 5)
        let (bytes, received) = try #require(DescriptorPassing.receive(room: 64, from: other))
        let descriptors = try #require(received)
        defer { for each in descriptors { close(each) } }
        #expect(bytes == Array("done\n".utf8))
        #expect(descriptors.map(Self.file) == sent.map(Self.file))
        #expect(descriptors.allSatisfy { fcntl($0, F_GETFD) & FD_CLOEXEC != 0 })
    }

    @Test func `bytes without any are bytes, and the end is none`() throws {
        let (one, other) = try Self.pair()
        defer { close(other) }
        #expect(DescriptorPassing.send([1, 2, 3], with: [], over: one) == 3)
        close(one)
        let first = try #require(DescriptorPassing.receive(room: 2, from: other))
        #expect(first.bytes == [1, 2] && first.descriptors == [])
        #expect(DescriptorPassing.receive(room: 2, from: other)?.bytes == [3])
        #expect(DescriptorPassing.receive(room: 2, from: other)?.bytes == [])
    }

    @Test func `who waits for a descriptor is woken without it, and for good`() throws {
        let (one, other) = try Self.pair()
        defer { for each in [one, other] { close(each) } }
        let event = WakeUpEvent()
        event.ring()
        event.wait(besides: one)
        event.wait(besides: one)
        let silent = WakeUpEvent()
        #expect(DescriptorPassing.send([1], with: [], over: one) == 1)
        silent.wait(besides: other)
        #expect(DescriptorPassing.receive(room: 1, from: other)?.bytes == [1])
    }
}
