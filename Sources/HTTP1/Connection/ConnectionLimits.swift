/// What one connection may take (contract section 7, `limits`). What has a value here is not configured.
package struct ConnectionLimits: Sendable {
    /// The most bytes of a request head.
    package var headerBytes: Int
    /// The most bytes of a request body that are drained, chunked framing counted in.
    package var bodyBytes = 1 << 20
    /// The most bytes that all connections of an event loop keep while they wait.
    package var bufferedBytes = 128 << 20
    /// From a head's first byte to its last.
    package var headerTimeout: Duration
    /// From the head's last byte to the body's.
    package var bodyTimeout: Duration
    /// Without a request.
    package var idleTimeout: Duration
    /// From a request's last byte to the decision, however many look-ups that takes.
    package var decisionTimeout: Duration
    /// How long answers may wait for a client that doesn't read them. As long as a decision may take: what is answered must
    /// be no older when it leaves.
    package var writeTimeout: Duration
    /// How long, after an error's answer, the rest of what a client sends is thrown away so that the client can read the
    /// answer before the connection is reset (RFC 9112 section 9.6).
    package var lingerTimeout = Duration.seconds(2)
    /// How many bytes are thrown away then.
    package var lingerBytes = 256 << 10

    package init(
        headerBytes: Int, headerTimeout: Duration, bodyTimeout: Duration, idleTimeout: Duration,
        decisionTimeout: Duration
    ) {
        self.headerBytes = headerBytes
        self.headerTimeout = headerTimeout
        self.bodyTimeout = bodyTimeout
        self.idleTimeout = idleTimeout
        self.decisionTimeout = decisionTimeout
        writeTimeout = decisionTimeout
    }
}
