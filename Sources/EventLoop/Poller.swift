import CEpoll
import Glibc

/// Waits for a thread's sockets: Linux's epoll, level-triggered unless `edge` is asked for.
///
/// Takes descriptors with tokens. Gives events. The target imports Bytes and CEpoll, and knows no protocol.
@safe package struct Poller: ~Copyable {
    /// What somebody wants to hear of a socket. That it broke is always said.
    package struct Interest: OptionSet {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let input = Interest(rawValue: EPOLLIN.rawValue)
        package static let output = Interest(rawValue: EPOLLOUT.rawValue)
        /// Once for each time that something comes, not for as long as it is there.
        package static let edge = Interest(rawValue: EPOLLET.rawValue)

        /// The same as a literal, which costs far more in other targets: there it is made by way of metadata.
        package init(input: Bool, output: Bool) {
            rawValue = (input ? EPOLLIN.rawValue : 0) | (output ? EPOLLOUT.rawValue : 0)
        }
    }

    /// What a socket says.
    package struct Event {
        /// Whose socket, as it was added.
        package let token: UInt64
        /// Bytes have come, or the end of them, or a connection.
        package let isReadable: Bool
        /// There is room for bytes again.
        package let isWritable: Bool
        /// Neither side will send or read any more.
        package let isBroken: Bool

        fileprivate init(_ event: epoll_event) {
            let bits = unsafe event.events
            token = unsafe event.data.u64
            isReadable = bits & EPOLLIN.rawValue != 0
            isWritable = bits & EPOLLOUT.rawValue != 0
            isBroken = bits & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
        }
    }

    /// The most events of one wait; the others come with the next one.
    private static let maximumEvents = 256

    private let descriptor: CInt
    private let events: UnsafeMutablePointer<epoll_event>

    package init() {
        descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
        precondition(descriptor >= 0, "the system has no descriptor left for the poller of an event loop")
        unsafe events = .allocate(capacity: Self.maximumEvents)
    }

    deinit {
        close(descriptor)
        unsafe events.deallocate()
    }

    /// - Returns: whether it is there: false when the system had no room for it.
    package func add(_ socket: CInt, as token: UInt64, for interest: Interest) -> Bool {
        epoll_add(descriptor, socket, interest.rawValue, token) == 0 || errno == EEXIST
    }

    package func change(_ socket: CInt, as token: UInt64, to interest: Interest) {
        _ = epoll_change(descriptor, socket, interest.rawValue, token)
    }

    package func remove(_ socket: CInt) {
        _ = epoll_remove(descriptor, socket)
    }

    /// Waits until a socket has something to say, or the time is over.
    ///
    /// - Parameter milliseconds: at most so long; 0: only looks.
    /// - Returns: how many events there are; ask for them by their numbers, before the next wait.
    package func wait(milliseconds: CInt) -> Int {
        max(0, Int(unsafe epoll_wait(descriptor, events, CInt(Self.maximumEvents), milliseconds)))
    }

    package func event(number: Int) -> Event {
        precondition(number >= 0 && number < Self.maximumEvents, "no such event")
        return unsafe Event(events[number])
    }
}
