package import HTTP1

extension ConnectionLimits {
    /// The limits of tests that are about something else.
    package static let generous = ConnectionLimits(
        headerBytes: 64 << 10, headerTimeout: .seconds(10), bodyTimeout: .seconds(10), idleTimeout: .seconds(75),
        decisionTimeout: .seconds(60))
}
