import Bytes

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
