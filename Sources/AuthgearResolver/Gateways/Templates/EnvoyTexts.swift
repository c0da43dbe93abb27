/// The files for Envoy, as templates.
enum EnvoyTexts {
    /// Asked over HTTP.
    static let files = [("envoy.yaml", byHTTP)]
    /// Asked over gRPC.
    static let callFiles = [("envoy-grpc.yaml", byCalls)]

    private static let byHTTP =
        head("envoy.yaml", address: "%address%") + listener + filter + raw + fields + asking + hosts + known + rest
        + wrongPath + clusters + backend
    private static let byCalls =
        head("envoy-grpc.yaml", address: "%call-address%") + listener + filter + EnvoyCallTexts.raw + fields
        + EnvoyCallTexts.asking + hosts + EnvoyCallTexts.known + rest + EnvoyCallTexts.clusters + backend

    private static func head(_ name: String, address: String) -> String {
        #"""
        # A %example%. As it stands%start%:
        #
        #     envoy -c %folder%/\#(name)
        #
        # It needs the resolver on \#(address) and a backend on 127.0.0.1:8000 (`clusters`).


        """#
    }

    /// Up to what takes the client's own word away.
    private static let listener = #"""
        static_resources:
          listeners:
            - name: web
              address: { socket_address: { address: 127.0.0.1, port_value: 8080 } }
              filter_chains:
                - filters:
                    - name: envoy.filters.network.http_connection_manager
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: web
                        # A token may have 16 KiB (`limits.token_bytes`), all fields together 64 KiB (`limits.header_bytes`).
                        max_request_headers_kb: 96
                        # The path that is compared with `routes` is the one that is meant, and the backend gets that one.
                        normalize_path: true
                        merge_slashes: true
                        path_with_escaped_slashes_action: REJECT_REQUEST
                        upgrade_configs:
                          - upgrade_type: websocket
                        http_filters:
                          # Takes away what the client says under the resolver's names, however it is spelled. WSGI, CGI and PHP can't
                          # tell x_authgear_user_id from x-authgear-user-id. It has to stand before the filter that asks, which keeps a
                          # client's own field where the answer has none of that name.
                          - name: authgear.clear
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                              mutations:
                                request_mutations:
                                  - remove_on_match:
                                      key_matcher: { safe_regex: { regex: "(?i)x[^a-z0-9]authgear[^a-z0-9].*" } }
                                  - remove_on_match: { key_matcher: { safe_regex: { regex: "%envoy-pattern%" } } }
                                  # Authgear shows it to its user: never the client's own word on its address. Behind a proxy of your own say
                                  # `%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%`, with `xff_num_trusted_hops`.
                                  - append:
                                      header: { key: x-forwarded-for, value: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%" }
                                      append_action: OVERWRITE_IF_EXISTS_OR_ADD

        """#

    /// The filter that asks, up to what it is about.
    private static let filter = #"""
                          # Asks the resolver who is calling: `routes` says otherwise where strangers are turned away or nobody is asked.
                          - name: authgear
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
                              transport_api_version: V3
                              # The default, which must stay: with true an outage lets everybody in.
                              failure_mode_allow: false
                              # Envoy's own is 403.
                              status_on_error: { code: 503 }

        """#

    /// In which shape fields are sent over HTTP.
    private static let raw = #"""
                              # Bytes that are no UTF-8 would be lost.
                              encode_raw_headers: true

        """#

    /// Which of the client's fields are sent.
    private static let fields = #"""
                              allowed_headers:
                                patterns:
                                  - exact: authorization
                                  - exact: cookie
                                  - exact: user-agent
                                  - exact: x-forwarded-for
                                  - exact: %field%

        """#

    /// Where it is asked over HTTP, and what its answers may say.
    private static let asking = #"""
                              http_service:
                                server_uri: { uri: "http://authgear-resolver", cluster: authgear-resolver, timeout: 5s }
                                %path%: /resolve
                                authorization_response:
                                  allowed_upstream_headers:
                                    patterns:
                                      - exact: %name%
                                  allowed_client_headers:
                                    patterns:
                                      - exact: www-authenticate
                                      - exact: retry-after

        """#

    private static let hosts = #"""
                          - name: envoy.filters.http.router
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                        route_config:
                          virtual_hosts:
                            - name: all
                              domains: ["*"]

        """#

    /// Where strangers are turned away.
    private static let known = #"""
                              routes:
                                # Known users only.
                                - match: { prefix: /account/ }
                                  route: { cluster: backend, timeout: 15s }
                                  typed_per_filter_config:
                                    authgear:
                                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                                      check_settings:
                                        http_service:
                                          server_uri: { uri: "http://authgear-resolver", cluster: authgear-resolver, timeout: 5s }
                                          %path%: /require
                                          authorization_response:
                                            allowed_upstream_headers:
                                              patterns:
                                                - exact: %name%
                                            allowed_client_headers:
                                              patterns:
                                                - exact: www-authenticate
                                                - exact: retry-after
        %policies%
                                # The same, and an access policy judges, too.
                                - match: { prefix: /policies/%policy%/ }
                                  route: { cluster: backend, timeout: 15s }
                                  typed_per_filter_config:
                                    authgear:
                                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                                      check_settings:
                                        http_service:
                                          server_uri: { uri: "http://authgear-resolver", cluster: authgear-resolver, timeout: 5s }
                                          %path%: /policy/%policy%/require
                                          authorization_response:
                                            allowed_upstream_headers:
                                              patterns:
                                                - exact: %name%
                                            allowed_client_headers:
                                              patterns:
                                                - exact: www-authenticate
                                                - exact: retry-after
        %end%

        """#

    /// The other places, and what an outage is.
    private static let rest = #"""
                                # Nobody is asked.
                                - match: { prefix: /public/ }
                                  route: { cluster: backend, timeout: 15s }
                                  typed_per_filter_config:
                                    authgear:
                                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                                      disabled: true
                                # Everyone may come in; the backend learns who it is.
                                - match: { prefix: / }
                                  route: { cluster: backend, timeout: 15s }
                        # When the resolver is not there, nobody is logged out: the client may try again.
                        local_reply_config:
                          mappers:
                            - filter:
                                and_filter:
                                  filters:
                                    - response_flag_filter: { flags: [UAEX] }
                                    - status_code_filter: { comparison: { op: EQ, value: { default_value: 503, runtime_key: authgear.outage } } }
                              headers_to_add:
                                - header: { key: retry-after, value: "1" }
                                  append_action: ADD_IF_ABSENT

        """#

    /// Where HTTP is asked, a path that the resolver does not know is 404, which would look like the backend's.
    private static let wrongPath = #"""
                            # A policy that the resolver does not have.
                            - filter:
                                and_filter:
                                  filters:
                                    - response_flag_filter: { flags: [UAEX] }
                                    - status_code_filter: { comparison: { op: EQ, value: { default_value: 404, runtime_key: authgear.path } } }
                              status_code: 503
                              headers_to_add:
                                - header: { key: retry-after, value: "1" }
                                  append_action: ADD_IF_ABSENT

        """#

    /// Where HTTP is asked.
    private static let clusters = #"""

          clusters:
            - name: authgear-resolver
              type: STATIC
              connect_timeout: 1s
              load_assignment:
                cluster_name: authgear-resolver
                endpoints:
                  - lb_endpoints:
                      - endpoint: { address: { %envoy-address% } }
              typed_extension_protocol_options:
                envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                  "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                  # HTTP/2 with prior knowledge: questions cost Envoy less on one connection than on many.
                  explicit_http_config:
                    http2_protocol_options:
                      # As many questions at once on a connection as the resolver takes; for more there is another connection.
                      max_concurrent_streams: 1024
                      # A resolver that is silent is left for a new connection.
                      connection_keepalive: { interval: 30s, timeout: 5s }
                  # Shorter than the resolver's `limits.idle_timeout` (75s), so that it is Envoy that closes.
                  common_http_protocol_options: { idle_timeout: 60s }

        """#

    private static let backend = #"""
            - name: backend
              type: STATIC
              connect_timeout: 1s
              load_assignment:
                cluster_name: backend
                endpoints:
                  - lb_endpoints:
                      - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 8000 } } }

        """#
}
