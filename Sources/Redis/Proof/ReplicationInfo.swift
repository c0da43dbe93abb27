import Bytes

/// What a server says of its part in replication (`INFO replication`).
package struct ReplicationInfo: Hashable, Sendable {
    package enum Role: Hashable, Sendable {
        case primary
        case replica
        /// Some other word.
        case other
    }

    package let role: Role
    /// Of a replica: whether its connection to its primary stands, and it is not reading a whole data set from it.
    package let isLinkUp: Bool
    /// Of a replica: whole seconds since it last heard from its primary; nil when it doesn't say, less than 0 when it can't.
    package let secondsSincePrimary: Int64?
    /// Which history of changes the data are of: another one means that they were replaced.
    package let history: [UInt8]?

    /// Nil when the text does not say which role it is.
    package init?(_ text: [UInt8]) {
        let info = InfoText(text)
        guard let role = info["role"], !role.isEmpty else { return nil }
        self.role = role.elementsEqual("master".utf8) ? .primary : role.elementsEqual("slave".utf8) ? .replica : .other
        isLinkUp = info["master_link_status"]?.elementsEqual("up".utf8) ?? false
        secondsSincePrimary = info["master_last_io_seconds_ago"].flatMap { digits in
            Int64(String(decoding: digits, as: UTF8.self))
        }
        history = info["master_replid"].map(Array.init)
    }
}

/// Which servers of a replicated Redis are believed (`sessions.redis.role`).
package enum RequiredRole: Hashable, Sendable {
    case primary
    /// Also a replica that hears from its primary, and last did so no longer ago than this, in nanoseconds.
    case any(maximumLag: Int64)

    /// What is wrong with a server; nil when it may be believed.
    package func objection(to info: ReplicationInfo) -> ProofFailure? {
        switch (info.role, self) {
        case (.primary, _): nil
        case (.replica, .primary): .replica
        case (.replica, .any(let maximumLag)): Self.objection(toReplica: info, maximumLag: maximumLag)
        case (.other, _): .otherRole
        }
    }

    private static func objection(toReplica info: ReplicationInfo, maximumLag: Int64) -> ProofFailure? {
        guard info.isLinkUp, let silence = info.secondsSincePrimary, silence >= 0 else { return .linkDown }
        // Compared in whole seconds, as the server counts: nothing of what it says can overflow.
        return silence <= maximumLag / 1_000_000_000 ? nil : .lagging
    }
}

/// What `INFO` answers: lines of `name:value`.
struct InfoText {
    private let lines: [ArraySlice<UInt8>]

    init(_ bytes: [UInt8]) {
        lines = bytes.split { byte in byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
    }

    /// The value of the first line with this name.
    subscript(name: StaticString) -> ArraySlice<UInt8>? {
        let label = unsafe UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        for line in lines where unsafe line.starts(with: label) {
            let rest = line.dropFirst(label.count)
            if rest.first == UInt8(ascii: ":") { return rest.dropFirst() }
        }
        return nil
    }
}

/// Which server a connection has reached, as the server itself names its process: `run_id` of `INFO server`.
///
/// One address can lead to several servers: behind a name, a balancer, or after a failover. What one of them tells of
/// changes says nothing of what another one answers.
package struct ServerID: Hashable, Sendable {
    private let runID: [UInt8]

    /// Nil when the text does not say.
    package init?(info: [UInt8]) {
        guard let runID = InfoText(info)["run_id"], !runID.isEmpty else { return nil }
        self.runID = Array(runID)
    }
}
