/// What of the configuration the random worlds are judged by. Times are in nanoseconds.
struct WorldSettings: Hashable {
    var isAuthgearsTwin = false
    var refusesUnlisted = false
    var idlesOut = true
    var answersPartially = false
    var remembers = true

    struct Limits {
        var lifetime: Int64
        /// Nil: never.
        var idle: Int64?
    }

    static let second: Int64 = 1_000_000_000
    static let day = 86_400 * second

    /// All of them.
    static let all: [WorldSettings] = (0..<32).map { number in
        WorldSettings(
            isAuthgearsTwin: number & 1 != 0, refusesUnlisted: number & 2 != 0, idlesOut: number & 4 != 0,
            answersPartially: number & 8 != 0, remembers: number & 16 != 0)
    }

    var sessions: Limits { Limits(lifetime: 10 * Self.day, idle: idlesOut ? 2 * Self.day : nil) }

    /// Those of an offline grant; nil when its client is refused.
    func grants(of client: String) -> Limits? {
        switch client {
        case "c1": Limits(lifetime: 364 * Self.day, idle: 30 * Self.day)
        case "c2": Limits(lifetime: 3_600 * Self.second, idle: 600 * Self.second)
        default: refusesUnlisted ? nil : Limits(lifetime: 20 * Self.day, idle: idlesOut ? 3 * Self.day : nil)
        }
    }

    static let clients = ["c1", "c2", "c3"]
    static let issuer = "https://worlds.test"

    func yaml(redis: RedisServer, keys: String) -> String {
        let idle = { (time: String) in idlesOut ? time : "none" }
        let cache = remembers ? "entries: 100000, bytes: 64MiB" : "entries: 0, bytes: 0B"
        return """
            issuers:
              - issuer: \(Self.issuer)
                audiences: ["\(Mint.audience)"]
                algorithms: [ES256]
                jwks_file: "\(keys)"
                session_check: grant
            tokens: { cache: { \(cache) } }
            sessions:
              store: redis
              app_id: my-project
              lifetime: 10d
              idle_timeout: \(idle("2d"))
              offline_grants:
                lifetime: 20d
                idle_timeout: \(idle("3d"))
                unlisted: \(refusesUnlisted ? "refuse" : "allow")
                clients: { c1: { lifetime: 364d, idle_timeout: 30d }, c2: { lifetime: 1h, idle_timeout: 10m } }
              missing_user: \(answersPartially ? "partial" : "unavailable")
              cache: { \(cache) }
              redis: { url: "\(redis.url)", command_timeout: 5s }
            headers: { compat: \(isAuthgearsTwin ? "authgear" : "spec") }
            limits: { decision_timeout: 20s }
            """
    }
}
