import NIOPosix
import Questions
import Telemetry

extension Configuration {
    /// Who asks Authgear; nil when nobody does.
    func authgearClient(on group: MultiThreadedEventLoopGroup, log: LimitedLog) -> AuthgearClient? {
        authgear.map { authgear in
            let endpoint = AuthgearEndpoint(authgear.settings, group: group, proxies: http.proxies)
            return AuthgearClient(endpoint, on: group.next(), log: log)
        }
    }
}
