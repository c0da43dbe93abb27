/// The parts of the file for Envoy that are others where it asks by gRPC.
enum EnvoyCallTexts {
    /// In which shape fields are sent.
    static let raw = #"""
                              # Bytes that are no UTF-8 would be lost, and lines of one name come as one.
                              encode_raw_headers: true
                              # Without this list all fields are sent.

        """#

    /// What else is sent, and how it is asked.
    static let asking = #"""
                                  # None gets here past authgear.clear. Where that filter is missing, the resolver says what to take away.
                                  - safe_regex: { regex: "(?i)x[^a-z0-9]authgear[^a-z0-9].*" }
                                  - safe_regex: { regex: "%envoy-pattern%" }
                              grpc_service:
                                envoy_grpc: { cluster_name: authgear-resolver }
                                timeout: 5s

        """#

    /// What is asked, and where strangers are turned away.
    static let known = #"""
                              # What is asked where a route does not say it: whoever it is may come in, and the backend learns who it is.
                              typed_per_filter_config:
                                authgear:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                                  check_settings: { context_extensions: { endpoint: resolve } }
                              routes:
                                # Known users only.
                                - match: { prefix: /account/ }
                                  route: { cluster: backend, timeout: 15s }
                                  typed_per_filter_config:
                                    authgear:
                                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                                      check_settings: { context_extensions: { endpoint: require } }
        %policies%
                                # The same, and an access policy judges, too.
                                - match: { prefix: /policies/%policy%/ }
                                  route: { cluster: backend, timeout: 15s }
                                  typed_per_filter_config:
                                    authgear:
                                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                                      check_settings: { context_extensions: { endpoint: require, policy: %policy% } }
        %end%

        """#

    /// Where the resolver takes calls.
    static let clusters = #"""

          clusters:
            - name: authgear-resolver
              type: STATIC
              connect_timeout: 1s
              load_assignment:
                cluster_name: authgear-resolver
                endpoints:
                  - lb_endpoints:
                      - endpoint: { address: { %envoy-call-address% } }
              typed_extension_protocol_options:
                envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                  "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                  explicit_http_config:
                    http2_protocol_options:
                      # As many calls at once on a connection as the resolver takes; for more there is another connection.
                      max_concurrent_streams: 1024
                      # A resolver that is silent is left for a new connection.
                      connection_keepalive: { interval: 30s, timeout: 5s }
                  # Shorter than the resolver's `limits.idle_timeout` (75s), so that it is Envoy that closes.
                  common_http_protocol_options: { idle_timeout: 60s }

        """#
}
