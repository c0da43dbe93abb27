package import Questions
package import Trust

extension Configuration {
    /// Authgear itself, which is asked about what Redis can't tell (contract section 10).
    package struct Authgear: Sendable {
        /// The URL of its resolver.
        package var endpoint: FetchURL
        /// The project's host, with its port when it has one.
        package var host: String
        /// Whether it is asked over http although its host is not loopback.
        package var isInsecure = false
        /// Who vouches for its server.
        package var anchors = TrustAnchors.system
        /// How long one question may take.
        package var timeout = Duration.seconds(2)
        /// How many questions are sent at once.
        package var connections = 16
        /// How many wait to be sent.
        package var waiting = 1_024
        /// How long a user's record that has ended serves on while Authgear can't be asked.
        package var userMaxStale = Duration.seconds(300)
        /// How old a session's last access grows before Authgear is asked to renew it; nil: whatever its age.
        package var touch: Duration? = .seconds(3_600)
        /// How long an answer of Authgear's own is kept.
        package var maxAge = Duration.seconds(10)

        package init(endpoint: FetchURL) {
            self.endpoint = endpoint
            host = endpoint.authority
        }

        /// The same, as questions are sent.
        package var settings: AuthgearEndpoint.Settings {
            AuthgearEndpoint.Settings(
                url: endpoint, host: host, trusting: anchors, timeout: timeout, connections: connections,
                waiting: waiting)
        }
    }
}
