import EventLoop
import Fixtures
import Glibc
import Testing

/// Sockets that another process opened: here the test.
@Suite struct InheritedSocketTests {
    /// A new socket, which is bound to an address and perhaps listened on. It is the test's until somebody inherits it.
    private static func make(
        _ address: SocketAddress, _ type: CInt = CInt(SOCK_STREAM.rawValue), listening: Bool = true
    ) throws -> CInt {
        let descriptor = socket(address.family, type, 0)
        try #require(descriptor >= 0)
        try #require(unsafe address.withSystemAddress { unsafe bind(descriptor, $0, $1) } == 0)
        if listening { try #require(listen(descriptor, 4) == 0) }
        return descriptor
    }

    private static let loopback = SocketAddress(ip: "127.0.0.1", port: 0)

    @Test func `its address is found out, of each family, and it neither blocks nor is handed on`() throws {
        let folder = TemporaryDirectory()
        let path = folder.path + "/x.sock"
        for place in [Self.loopback, SocketAddress(ip: "::1", port: 0), .unix(path: path)].compactMap(\.self) {
            let descriptor = try Self.make(place)
            defer { close(descriptor) }
            let socket = try InheritedSocket(descriptor: descriptor)
            switch socket.address {
            case .tcp(let host, let port): #expect(port > 0 && SocketAddress(ip: host, port: 0) == place)
            case .unix(let found): #expect(found == path)
            }
            #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
            #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
        }
    }

    @Test func `what connections can't be accepted at is refused, and why`() throws {
        let place = try #require(Self.loopback)
        let silent = try Self.make(place, listening: false)
        let datagrams = try Self.make(place, CInt(SOCK_DGRAM.rawValue), listening: false)
        let file = unsafe open("/dev/null", O_RDONLY)
        let nameless = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { for descriptor in [silent, datagrams, file, nameless] { close(descriptor) } }
        for (descriptor, words) in [
            (silent, "is not listened on"), (datagrams, "is no stream socket"), (file, "is no socket"),
            (nameless, "has no IP address"), (1_000_000, "is not open"),
        ] {
            let error = #expect(throws: InheritedSocketError.self) { try InheritedSocket(descriptor: descriptor) }
            #expect(error?.description.contains(words) == true, "\(words)")
        }
    }

    @Test func `an address gets the socket that listens there, and another one a socket of its own`() throws {
        let folder = TemporaryDirectory()
        let (here, other) = (folder.path + "/x.sock", folder.path + "/y.sock")
        let descriptor = try Self.make(.unix(path: here))
        let written = try ListenAddress("unix:\(folder.path)/./x.sock")
        let own = try ListenAddress("unix:\(other)")
        let sockets = try InheritedSockets([InheritedSocket(descriptor: descriptor)], for: [own, written])
        let inherited = try sockets.open(at: written, backlog: 4)
        #expect(inherited.descriptor == descriptor && inherited.address == written)
        let bound = try sockets.open(at: own, backlog: 4)
        #expect(bound.descriptor != descriptor)
        inherited.close()
        bound.close()
        #expect(unsafe access(here, F_OK) == 0, "whose file is another's is not removed")
        #expect(unsafe access(other, F_OK) != 0)
    }

    @Test func `one that no address is for is told of, and so is a second one`() throws {
        let descriptor = try Self.make(try #require(Self.loopback))
        defer { close(descriptor) }
        let socket = try InheritedSocket(descriptor: descriptor)
        // A port that the system is to pick is not the one that it has picked.
        let addresses = [try ListenAddress("127.0.0.1:0"), try ListenAddress("[::1]:4180")]
        let unwanted = #expect(throws: InheritedSockets.Unwanted.self) {
            try InheritedSockets([socket], for: addresses)
        }
        #expect(unwanted?.number == 0 && unwanted?.isDouble == false)
        let second = #expect(throws: InheritedSockets.Unwanted.self) {
            try InheritedSockets([socket, socket], for: [socket.address])
        }
        #expect(second?.number == 1 && second?.isDouble == true)
    }

    @Test func `the file of one that is taken over is removed by who owns it, and by nobody else`() throws {
        let folder = TemporaryDirectory()
        let address = ListenAddress.unix(path: folder.path + "/x.sock")
        let former = try ListeningSocket.open(at: address, backlog: 4)
        var sockets = InheritedSockets()
        #expect(!sockets.areHeld)
        for _ in 0..<2 {
            let copy = try InheritedSocket(descriptor: fcntl(former.descriptor, F_DUPFD_CLOEXEC, 3))
            sockets.take(over: [(copy, ownFile: former.ownFile)], for: [address])
        }
        #expect(sockets.areHeld)
        let next = try sockets.open(at: address, backlog: 4)
        next.removeFile()
        #expect(unsafe access(folder.path + "/x.sock", F_OK) == 0, "it is the former one's still")
        former.disown()
        former.close()
        #expect(unsafe access(folder.path + "/x.sock", F_OK) == 0, "it is the next one's")
        sockets.own()
        next.close()
        #expect(unsafe access(folder.path + "/x.sock", F_OK) != 0)
    }

    @Test func `a file that has come in its file's place is nobody's to remove`() throws {
        let folder = TemporaryDirectory()
        let path = folder.path + "/x.sock"
        let address = ListenAddress.unix(path: path)
        let former = try ListeningSocket.open(at: address, backlog: 4)
        try #require(unsafe unlink(path) == 0)
        let other = try ListeningSocket.open(at: address, backlog: 4)
        var sockets = InheritedSockets()
        let copy = try InheritedSocket(descriptor: #require(former.copy()))
        sockets.take(over: [(copy, ownFile: former.ownFile)], for: [address])
        sockets.own()
        try sockets.open(at: address, backlog: 4).close()
        #expect(unsafe access(path, F_OK) == 0, "it is another one's")
        former.close()
        other.close()
        #expect(unsafe access(path, F_OK) != 0)
    }

    @Test func `a copy is the socket's own, and there is none of one that was closed`() throws {
        let socket = try ListeningSocket.open(at: .tcp(host: "127.0.0.1", port: 0), backlog: 4)
        let copy = try #require(socket.copy())
        defer { close(copy) }
        #expect(try InheritedSocket(descriptor: copy).address == socket.address)
        #expect(fcntl(copy, F_GETFD) & FD_CLOEXEC != 0)
        // Its number is another one's by now.
        let other = try ListeningSocket.open(at: .tcp(host: "127.0.0.1", port: 0), backlog: 4)
        defer { other.close() }
        try #require(dup2(other.descriptor, socket.descriptor) >= 0)
        #expect(socket.copy() == nil)
        socket.close()
    }
}
