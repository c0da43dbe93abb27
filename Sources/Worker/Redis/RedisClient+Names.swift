import Bytes
package import EventLoop
import Redis

// Where names lead.
extension RedisClient {
    /// Has the server's name resolved; does nothing where it is an address.
    ///
    /// - Returns: the number of the resolution.
    mutating func resolve(for purpose: Resolution.Purpose) -> Int {
        resolutions += 1
        if case .name(let host, let port) = target.place {
            unresolved.append(Resolution(number: resolutions, host: host, port: port, purpose: purpose))
        }
        return resolutions
    }

    /// A name was resolved.
    package mutating func resolved(
        _ resolution: Resolution, to addresses: [SocketAddress], on poller: borrowing Poller, at now: Int64
    ) {
        switch resolution.purpose {
        case .data: data.resolved(resolution.number, to: addresses, on: poller, at: now)
        case .feed: feed?.link.resolved(resolution.number, to: addresses, on: poller, at: now)
        case .sentinel:
            sentinels?.resolved(resolution, to: addresses, on: poller, at: now)
            takeSentinels(on: poller, at: now)
        case .check: conclude(resolution, with: addresses, at: now)
        }
        settle(on: poller, at: now)
    }

    /// A name or a path may lead elsewhere by now, while the server that it led to lives on. Where it leads nowhere, the connection
    /// is the best there is.
    mutating func checkName(at now: Int64) {
        nextNameCheck = now.addingSaturated(settings.names.interval)
        guard isReady, let peer = data.peer else { return }
        if case .unix(let path) = peer.address, let file = NameService.file(at: path), file != peer.file {
            leave(at: now)
        } else {
            nameCheck = resolve(for: .check)
        }
    }

    private mutating func conclude(_ check: Resolution, with addresses: [SocketAddress], at now: Int64) {
        // One that was asked for while another connection stood says nothing of this one: that may have had another name.
        guard check.number == nameCheck, let peer = data.peer?.address else { return }
        nameCheck = nil
        if !addresses.isEmpty, !addresses.contains(peer) { leave(at: now) }
    }

    private mutating func leave(at now: Int64) {
        data.conversation?.close(because: .left, at: now)
    }
}
