import Bytes
package import EventLoop
import Redis

// Where names lead.
extension RedisClient {
    /// Has the server's name resolved, and credentials read that come from files; does nothing where it is an address and they don't.
    ///
    /// - Returns: the number of the resolution.
    mutating func resolve(for purpose: Resolution.Purpose) -> Int {
        resolutions += 1
        let files = purpose == .check ? nil : target.credentialFiles
        if files != nil || target.place.isName {
            unresolved.append(
                Resolution(
                    number: resolutions, place: target.place, store: settings.options.address.withoutCredentials,
                    purpose: purpose, credentials: files))
        }
        return resolutions
    }

    /// What an attempt waits for was found out.
    package mutating func resolved(
        _ resolution: Resolution, to answer: Resolution.Answer, on poller: borrowing Poller, at now: Int64
    ) {
        // First: the attempt is made with these.
        if let credentials = answer.credentials { adopt(credentials, of: resolution.store, at: now) }
        let addresses = answer.addresses
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
