import CEpoll
import Glibc

/// What a thread's sockets have to say: Linux's epoll, level-triggered unless `edge` is asked for.
@safe struct Poller: ~Copyable {
    /// What somebody wants to hear of a socket. That it broke is always said.
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let input = Interest(rawValue: EPOLLIN.rawValue)
        static let output = Interest(rawValue: EPOLLOUT.rawValue)
        /// Once for each time that something comes, not for as long as it is there.
        static let edge = Interest(rawValue: EPOLLET.rawValue)
    }

    /// What a socket says.
    struct Event {
        /// Whose socket, as it was added.
        let token: UInt64
        fileprivate let bits: UInt32
        /// Bytes have come, or the end of them, or a connection.
        var isReadable: Bool { bits & EPOLLIN.rawValue != 0 }
        /// There is room for bytes again.
        var isWritable: Bool { bits & EPOLLOUT.rawValue != 0 }
        /// Neither side will send or read any more.
        var isBroken: Bool { bits & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 }
    }

    /// The most events of one wait; the others come with the next one.
    private static let maximumEvents = 256

    private let descriptor: CInt
    private let events: UnsafeMutablePointer<epoll_event>

    init() {
        descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
        precondition(descriptor >= 0, "the system has no descriptor left for the poller of an event loop")
        unsafe events = .allocate(capacity: Self.maximumEvents)
    }

    deinit {
        close(descriptor)
        unsafe events.deallocate()
    }

    /// - Returns: whether it is there: false when the system had no room for it.
    func add(_ socket: CInt, as token: UInt64, _ interest: Interest) -> Bool {
        epoll_add(descriptor, socket, interest.rawValue, token) == 0 || errno == EEXIST
    }

    func change(_ socket: CInt, as token: UInt64, to interest: Interest) {
        _ = epoll_change(descriptor, socket, interest.rawValue, token)
    }

    func remove(_ socket: CInt) {
        _ = epoll_remove(descriptor, socket)
    }

    /// Waits until a socket has something to say, or the time is over.
    ///
    /// - Parameter milliseconds: at most so long; 0: only looks.
    /// - Returns: how many events there are; ask for them by their numbers, before the next wait.
    func wait(milliseconds: CInt) -> Int {
        max(0, Int(unsafe epoll_wait(descriptor, events, CInt(Self.maximumEvents), milliseconds)))
    }

    func event(_ number: Int) -> Event {
        precondition(number >= 0 && number < Self.maximumEvents, "no such event")
        let event = unsafe events[number]
        return unsafe Event(token: event.data.u64, bits: event.events)
    }
}
