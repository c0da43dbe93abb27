/// What an answer says of its connection (RFC 9112 section 9.3).
package enum ConnectionField: UInt8, CaseIterable, Sendable {
    /// Nothing: HTTP/1.1 keeps the connection.
    case absent
    /// `Connection: keep-alive`, which HTTP/1.0 needs.
    case keepAlive
    case close

    init(persists: Bool, version: RequestHead.Version) {
        self = persists ? (version == .http11 ? .absent : .keepAlive) : .close
    }
}
