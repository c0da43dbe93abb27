import Bytes

/// Which server a connection has reached, as the server itself names its process: `run_id` of `INFO server`.
///
/// One address can lead to several servers: behind a name, a balancer, or after a failover. What one of them tells of
/// changes says nothing of what another one answers.
package struct ServerID: Hashable, Sendable {
    private let runID: [UInt8]

    /// Nil when the text does not say.
    package init?(info: [UInt8]) {
        let label = Array("run_id:".utf8)
        for line in info.split(separator: UInt8(ascii: "\n")) where line.starts(with: label) {
            let runID = line.dropFirst(label.count).prefix { byte in byte != UInt8(ascii: "\r") }
            guard !runID.isEmpty else { return nil }
            self.runID = Array(runID)
            return
        }
        return nil
    }
}

extension RedisReply {
    /// What the reply to `INFO server` says.
    var server: ServerID? {
        guard case .bulk(let range) = head else { return nil }
        return withBytes(range) { info in ServerID(info: [UInt8](copying: info)) }
    }
}
