package import Telemetry

/// What `/metrics` says about questions to Authgear.
package struct AuthgearFigures: Sendable {
    /// Questions that wait to be sent.
    package var waiting: Int
    /// Questions that are sent and not answered.
    package var sent: Int
    /// Whether questions fail at once because Authgear failed several times in a row.
    package var isBreakerOpen: Bool
    /// How long the questions took that were sent, from there on.
    package var durations: DurationHistogram
}
