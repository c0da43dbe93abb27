/// A kind of configuration that can be judged.
package enum LintKind: String, CaseIterable, Sendable {
    case nginx, caddy, traefik, haproxy, envoy, apache, kong, apisix
}
