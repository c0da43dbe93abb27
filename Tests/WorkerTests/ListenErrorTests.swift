import EventLoop
import Fixtures
import NIOCore
import NIOPosix
import Testing
import Worker

/// Addresses that can't be listened on.
@Suite(.timeLimit(.minutes(5))) struct ListenErrorTests {
    /// What binding these addresses says.
    private func failure(_ addresses: String...) throws -> String {
        let settings = try RunningListener.settings(addresses)
        let error = #expect(throws: ListenError.self) {
            try RunningListener.make(settings, on: LoopSet(count: 1)).bind()
        }
        return try #require(error).description
    }

    @Test func `a port in use is named, and nothing stays bound`() async throws {
        try await RunningListener.with(RunningListener.settings("127.0.0.1:0")) { running in
            let folder = try TemporaryFolder()
            let taken = running.addresses[0].description
            let text = try failure("unix:\(folder.path)/x.sock", taken)
            #expect(
                text == "cannot listen on \(taken): another process listens there; stop it or choose another address")
            #expect(!TemporaryFolder.exists("\(folder.path)/x.sock"))
        }
    }

    @Test func `an address that this host has not is named`() async throws {
        let text = try failure("192.0.2.1:4180")
        #expect(text == "cannot listen on 192.0.2.1:4180: no interface of this host has that address")
    }

    @Test func `a socket's folder must be there`() async throws {
        let folder = try TemporaryFolder()
        let address = "unix:\(folder.path)/none/x.sock"
        #expect(
            try failure(address) == "cannot listen on \(address): the directory does not exist; create it first")
    }

    @Test func `a file that is no socket is left alone`() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/x.sock"
        try TemporaryFolder.write("precious", to: path)
        #expect(try failure("unix:\(path)").contains("the file exists and is no socket; remove it"))
        #expect(TemporaryFolder.exists(path))
    }

    @Test func `a socket where somebody listens is left alone, one left behind is replaced`() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/x.sock"
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let other = try await ServerBootstrap(group: group).bind(unixDomainSocketPath: path + "0").get()
        try TemporaryFolder.link(path + "0", to: path)
        #expect(try failure("unix:\(path)").contains("another process listens there"))
        #expect(TemporaryFolder.exists(path))
        try await other.close()
        #expect(TemporaryFolder.exists(path))
        try await RunningListener.with(RunningListener.settings("unix:\(path)")) { running in
            let client = try await running.connect()
            try await client.send(Stage.get())
            #expect(try await client.receive() == Stage.none)
        }
        #expect(!TemporaryFolder.exists(path))
        try await group.shutdownGracefully()
    }

    @Test func `a successor's socket outlives its predecessor`() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/x.sock"
        try await RunningListener.with(RunningListener.settings("unix:\(path)")) { _ in
            try TemporaryFolder.remove(path)
            try TemporaryFolder.write("successor", to: path)
        }
        #expect(TemporaryFolder.exists(path))
    }
}
