/// By which proxy a URL is fetched (contract section 5): the configured one, else the environment's; loopback and the hosts
/// of `NO_PROXY` by none.
package struct ProxyRules: Hashable, Sendable {
    /// Everything is fetched directly.
    package static let none = ProxyRules(configured: nil) { _ in nil }

    private let proxy: Result<ProxyAddress, ProxyFailure>?
    private let bypass: ProxyBypass

    /// - Parameters:
    ///   - configured: `http.proxy`; it comes before `HTTPS_PROXY`.
    ///   - environment: the value of a variable. Of each, the spelling in lower case is the second choice, and an empty one
    ///     says nothing.
    package init(configured: ProxyAddress?, environment: (String) -> String?) {
        func variable(_ name: String) -> (name: String, value: String)? {
            for name in [name, name.lowercased()] {
                if let value = environment(name), !value.isEmpty { return (name, value) }
            }
            return nil
        }
        bypass = ProxyBypass(variable("NO_PROXY")?.value ?? "")
        proxy =
            configured.map { .success($0) }
            ?? variable("HTTPS_PROXY").map { variable in
                Result { () throws(ProxyAddress.Problem) in try ProxyAddress(variable.value) }
                    .mapError { .malformed(variable: variable.name, $0) }
            }
    }

    /// Nil when the URL is fetched directly.
    package func proxy(for url: FetchURL) throws(ProxyFailure) -> ProxyAddress? {
        guard let proxy, !url.isLoopback, !bypass.covers(url) else { return nil }
        return try proxy.get()
    }
}
