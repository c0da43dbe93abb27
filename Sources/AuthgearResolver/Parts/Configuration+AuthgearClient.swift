import NIOPosix
import Questions

extension Configuration {
    /// How Authgear is asked; nil when it never is.
    func authgearEndpoint(on group: MultiThreadedEventLoopGroup) -> AuthgearEndpoint? {
        authgear.map { AuthgearEndpoint($0.settings, group: group, proxies: http.proxies) }
    }
}
