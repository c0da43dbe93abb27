import Bytes

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
    /// Which fields are looked at beside those of every request.
    package var further = FurtherFields()

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

/// The limits of a connection with its times in ticks: sweeps of the event loop, which are its only clock. So no request
/// costs a timer, and a time-out comes up to one tick late.
///
/// An object, one for each event loop, because every step of every connection is told of it.
package final class ConnectionBounds: Sendable {
    package let headerBytes: Int
    package let bodyBytes: Int
    /// The most bytes of a body that is kept, where a front wants bodies: a message of 256 KiB, and what stands before it.
    package let messageBytes = 256 << 10 + 5
    package let lingerBytes: Int
    /// In ticks, as all below.
    package let headerTimeout: Int
    package let bodyTimeout: Int
    package let idleTimeout: Int
    package let writeTimeout: Int
    package let lingerTimeout: Int
    package let further: FurtherFields
    /// Another number whenever other fields may be looked at: a head of which a part was read before is read anew.
    package let version: UInt32

    /// How long one tick takes.
    package static let tick = Duration.milliseconds(500)
    package static let tickNanoseconds = tick.nanoseconds

    package convenience init(_ limits: ConnectionLimits) {
        self.init(limits, version: 0)
    }

    private init(_ limits: ConnectionLimits, version: UInt32) {
        self.version = version
        headerBytes = limits.headerBytes
        bodyBytes = limits.bodyBytes
        lingerBytes = limits.lingerBytes
        headerTimeout = Self.ticks(of: limits.headerTimeout)
        bodyTimeout = Self.ticks(of: limits.bodyTimeout)
        idleTimeout = Self.ticks(of: limits.idleTimeout)
        writeTimeout = Self.ticks(of: limits.writeTimeout)
        lingerTimeout = Self.ticks(of: limits.lingerTimeout)
        further = limits.further
    }

    /// Those that follow, when other limits are taken between two steps of any connection.
    package func followed(by limits: ConnectionLimits) -> ConnectionBounds {
        ConnectionBounds(limits, version: version &+ 1)
    }

    /// The head that bytes are by what is looked at now, when they were read as one before; nil when that breaks a rule.
    package func head(in bytes: RawSpan) -> RequestHead? {
        var parser = HeadParser()
        let isWhole = try? parser.advance(over: bytes, limit: headerBytes, lookingAt: further)
        return isWhole == true ? parser.head : nil
    }

    /// As many ticks as surely take that long, when the first has partly passed.
    private static func ticks(of span: Duration) -> Int {
        let count = (span / tick).rounded(.up)
        return Int(min(max(count, 0), 1e12)) + 1
    }
}
