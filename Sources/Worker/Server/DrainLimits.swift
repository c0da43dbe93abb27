/// How long connections may last when the process is to end (contract section 7, `shutdown`).
package struct DrainLimits: Sendable {
    /// How long a connection may stay silent before it is closed. Closed at once, it could be in that very moment that the
    /// gateway sends a request on it, which would be lost; within this time the gateway's next request is answered with
    /// `Connection: close` on nearly every one, and then both sides know.
    package var idle: Duration
    /// How long requests in flight may take; then what is left is closed.
    package var timeout: Duration

    package init(idle: Duration = .milliseconds(500), timeout: Duration = .seconds(10)) {
        self.idle = idle
        self.timeout = timeout
    }
}
