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
