import AuthgearResolver
import Testing

/// Reads a text as the file `resolver.yaml`, in an environment of the test's own.
func configuration(
    _ text: String, path: String = "resolver.yaml", environment: [String: String] = [:]
) throws(ConfigurationError) -> Configuration {
    try ConfigurationFile(path: path) { environment[$0] }.parse(text)
}

/// What the reader says of a text; empty when it says nothing.
func report(_ text: String, environment: [String: String] = [:]) -> String {
    do {
        _ = try configuration(text, environment: environment)
        return ""
    } catch {
        return error.description
    }
}

/// The lines by which nginx hands fields on to the resolver that only some configurations look at, as they are printed for a text.
func fieldsHandedOn(_ text: String) throws -> [Substring] {
    let files = NginxFiles(try configuration(text)).all
    let locations = try #require(files.first { $0.name == "locations.conf" })
    return Array(
        locations.text.split(separator: "\n").map { $0.drop { $0 == " " } }
            .drop { !$0.hasPrefix("proxy_set_header X-Forwarded-For") }.dropFirst()
            .prefix { $0.hasPrefix("proxy_set_header") })
}

/// An issuer that nothing is wrong with; five lines, so that what follows begins on the sixth.
let soundIssuer = """
    issuers:
      - issuer: https://id.example
        audiences:
          - https://id.example
        algorithms: [RS256]

    """

/// The example of the contract, whole.
let contractExample = """
    listen: ["127.0.0.1:4180", "unix:/run/authgear-resolver/resolver.sock"]
    admin: { listen: "127.0.0.1:4181" }
    threads: auto                     # one event loop per core
    issuers:
      - issuer: https://my-project.authgear.cloud
        audiences: [https://my-project.authgear.cloud]
        algorithms: [RS256]           # default
        jwks_uri: https://my-project.authgear.cloud/oauth2/jwks   # or jwks_file; neither: discovery
        leeway: 10s
    sessions:
      store: redis                    # redis, memory or none
      app_id: my-project
      cookie_prefix: ""
      lifetime: 364d
      idle_timeout: 30d               # off: none
      missing_user: unavailable
      redis: { url: "redis://:${REDIS_PASSWORD:-}@127.0.0.1:6379/0", connect_timeout: 1s, command_timeout: 250ms, role: primary, max_replica_lag: 15s, protocol: auto, tls: { ca_file: ca.pem, cert_file: c.pem, key_file: k.pem, server_name: redis.internal } }
      memory: { file: sessions.json } # {"<redis key>": <record>, …}
    jwks: { max_stale: 24h, wait: 1s }
    headers: { amr_separator: "," }
    limits: { header_bytes: 64KiB, token_bytes: 16KiB, buffered_bytes: 128MiB, value_bytes: 8KiB, record_bytes: 4MiB, decision_timeout: 4s, connections: 10000, header_timeout: 10s, idle_timeout: 75s }
    shutdown: { delay: 0s, idle: 500ms, timeout: 10s }
    tls: { ca_file: /etc/ssl/certs/ca-certificates.crt }
    http: { proxy: "http://proxy.internal:3128" }
    log: { level: info, format: json } # or text
    """
