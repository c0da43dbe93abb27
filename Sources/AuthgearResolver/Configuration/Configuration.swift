package import Authentication
package import EventLoop
package import HTTP1
package import JOSE
package import KeySets
package import Logging
package import Questions
package import Trust
package import Worker

/// What the operator decided, checked and complete (contract section 7).
///
/// The initial values of the properties are the defaults, and stand nowhere else. A value read by `ConfigurationFile`
/// holds the ranges that `Configuration+Reading.swift` lists.
package struct Configuration: Sendable {
    /// Where the gateway asks by plain HTTP. With the two below at least one, no two alike.
    package var listen = [ListenAddress.tcp(host: "127.0.0.1", port: 4180)]
    /// Where the gateway asks within TLS; `listen` has these as well.
    package var secured: [ListenAddress] = []
    /// Where Envoy asks by gRPC; `listen` has these as well.
    package var calls: [CallAddress] = []
    package var admin = Admin()
    package var threads = Threads.auto
    package var scheduling = Scheduling.auto
    /// Whose tokens are accepted; no two have the same identifier.
    package var issuers: [Issuer] = []
    package var tokens = Tokens()
    /// Cookies whose sessions other servers know, in the order in which they are tried.
    package var cookies: [Cookie] = []
    package var sessions = Sessions()
    /// Nil: Authgear is never asked.
    package var authgear: Authgear?
    /// The share of requests, from 0 to 1, that Authgear is asked about as well, to compare its answers with ours.
    package var shadowSample = 0.0
    /// What the gateway may ask for beyond a valid credential; no two have the same name.
    package var policies: [AccessPolicy] = []
    /// What every challenge states.
    package var challenge = Challenge()
    /// Where the client's own request stands, as far as something needs it.
    package var original = OriginalSource.none
    /// Whether a browser may ask without a credential whether a page of another origin may call.
    package var preflight = Preflight.refuse
    /// Nil: cookies are used in every request.
    package var csrf: CSRF?
    /// Nil: nobody is told where to log in.
    package var login: LoginRules?
    /// Nil: answers have headers alone.
    package var assertion: Assertion?
    /// Nil: no proofs are taken, and a token that is bound to a key is refused.
    package var dpop: DPoPRules?
    /// Nil: the gateway hands on no certificates, and a token that is bound to one is refused.
    package var clientCertificate: ClientCertificate?
    package var jwks = JWKS()
    package var headers = Headers()
    package var limits = Limits()
    package var shutdown = Shutdown()
    package var tls = TLS()
    package var http = HTTP()
    package var reload = Reload()
    /// Nil: no spans are made.
    package var tracing: Tracing?
    package var log = Log()

    package init() {}
}

extension Configuration {
    /// How many event loops serve the gateway.
    package enum Threads: Hashable, Sendable {
        /// One for each core that the process may run on.
        case auto
        case count(Int)
    }

    /// Whether a worker that wakes takes the place of what runs on its core.
    package enum Scheduling: String, CaseIterable, Sendable {
        /// `batch` where there is but one core, else as whoever starts the process has it.
        case auto
        /// It does, if it has run little.
        case other
        /// It does not.
        case batch
    }

    /// An issuer of tokens: on what terms they are accepted, and where its keys are.
    package struct Issuer: Sendable {
        /// What `iss` must equal; with discovery an https URL without query and fragment.
        package var identifier: String
        /// What `aud` must hold one of; empty only where `introspection.clients` takes its place.
        package var audiences: [String]
        package var algorithms = [Algorithm.rs256]
        /// Where its keys are; a file has an absolute path.
        package var keys = KeySource.Location.discovery
        /// Who vouches for the servers that they are fetched from.
        package var anchors = TrustAnchors.system
        /// How far its clock and ours may be apart.
        package var leeway = Duration.seconds(10)
        /// What becomes of its tokens that are bound to a key.
        package var confirmation = TrustedIssuer.Confirmation.check
        /// Whether its tokens end with their sessions.
        package var sessionCheck = TrustedIssuer.SessionCheck.none
        /// What its claims are called.
        package var claims = ClaimMapping(ClaimProfile.authgear.places)
        /// Whether it signs tokens; without keys a token that names it is nobody's.
        package var hasKeys = true
        /// Nil: nobody is asked about its tokens.
        package var introspection: Introspection?
        /// Nil: what its tokens lack nobody is asked for.
        package var userinfo: Userinfo?

        package init(identifier: String, audiences: [String]) {
            self.identifier = identifier
            self.audiences = audiences
        }

        /// The further headers that its claims become.
        package var headerNames: [String] { claims.places.headers.map(\.name) }

        /// The same, as the verifier takes it.
        package var trusted: TrustedIssuer {
            TrustedIssuer(
                identifier: identifier, audiences: audiences, algorithms: AlgorithmSet(algorithms), leeway: leeway,
                confirmation: confirmation, sessionCheck: sessionCheck, claims: claims)
        }

        /// The same, as its keys are fetched.
        package var source: KeySource {
            KeySource(issuer: identifier, location: keys, trusting: anchors)
        }
    }

    /// Where sessions are looked up, and how they are judged.
    package struct Sessions: Sendable {
        package var store = Store.none
        /// `<app>` of the store's keys; empty only without a store.
        package var appID = ""
        /// What stands before `session`, `app_session` and `app_access_token` in the cookies' names.
        package var cookiePrefix = ""
        /// How long IdP sessions last.
        package var limits = SessionLimits(lifetime: .seconds(364 * 86_400), idleTimeout: .seconds(30 * 86_400))
        package var offlineGrants = OfflineGrantRules()
        package var missingUser = MissingUser.unavailable
        /// The scopes that sessions have, as far as access policies ask.
        package var scopes: [String] = []
        /// What clears a session cookie that is invalid; nil: nothing does.
        package var clearingCookie: ClearingCookie?
        package var cache = Cache(entries: 100_000, bytes: 128 << 20)
        package var cacheMode = CacheMode.auto
        /// How long a session may be answered from memory after it was read, whatever the store says.
        package var cacheMaximumAge = Duration.seconds(60)

        /// The cookies that may be credentials of Authgear's: without a store one alone is, which may hold a JWT.
        package var cookieNames: [String] {
            let names = if case .none = store { ["app_access_token"] } else { CookieNames.allOfAuthgear }
            return names.map { cookiePrefix + $0 }
        }

        /// Whether anything is kept that Redis has to tell the changes of.
        package var areCached: Bool { cacheMode != .off && cache.isOn }
    }

    /// Whether sessions are answered from memory, for which Redis has to tell of each change.
    package enum CacheMode: String, CaseIterable, Sendable {
        /// Unless changes come so fast that it does not pay.
        case auto
        case on
        case off
    }

    /// How tokens are remembered, and which the resolver itself knows.
    package struct Tokens: Sendable {
        package var cache = Cache(entries: 150_000, bytes: 128 << 20)
        /// Those that the resolver itself knows; nil: none.
        package var own: APITokens?
    }

    /// API tokens: where they are listed, and where else than in `Authorization` they may come.
    package struct APITokens: Hashable, Sendable {
        /// An absolute path.
        package var file: String
        /// The header whose whole value may be one, in lower case.
        package var header: String?

        package init(file: String, header: String? = nil) {
            (self.file, self.header) = (file, header)
        }
    }

    /// How much may be kept in memory, all event loops together. Nothing, when either is zero.
    package struct Cache: Hashable, Sendable {
        package var entries: Int
        package var bytes: Int

        package init(entries: Int, bytes: Int) {
            self.entries = entries
            self.bytes = bytes
        }

        package var isOn: Bool { entries > 0 && bytes > 0 }
    }

    /// What becomes of a session whose user record is missing.
    package enum MissingUser: String, CaseIterable, Sendable {
        /// The outcome is unknown.
        case unavailable
        /// The answer says what is known.
        case partial
    }

    /// What becomes of a preflight without a credential.
    package enum Preflight: String, CaseIterable, Sendable {
        /// It is as any other request.
        case refuse
        /// It is answered as on resolve.
        case allow
    }

    /// When cookies are used.
    package struct CSRF: Hashable, Sendable {
        package var rules: CSRFRules
        /// The header that has to hold the token; nil: there is none.
        package var header: String?
    }

    /// How the gateway hands on the certificate of the client's TLS connection.
    package struct ClientCertificate: Hashable, Sendable {
        /// In lower case.
        package var header: String
        package var rules: ClientCertificateRules
    }

    /// Issuers' keys.
    package struct JWKS: Sendable {
        /// How long the last good keys serve when the issuer is out of reach.
        package var maxStale = Duration.seconds(24 * 3_600)
        /// How long a request waits for a key that is not known yet.
        package var wait = Duration.seconds(1)
        /// The absolute path of the file in which they outlive the process; nil: they don't.
        package var snapshotFile: String?
    }

    /// The answer's headers.
    package struct Headers: Sendable {
        /// What stands between the items of `x-authgear-session-amr`: one byte of printable ASCII.
        package var amrSeparator = UInt8(ascii: ",")
        package var compatibility = Compatibility.spec
        package var absence = DeliveryRules.Absence.omit
        package var removal = DeliveryRules.Removal.none
        package var errorHeader = DeliveryRules.ErrorHeader.send
    }

    /// What one client may cost. What is not configured stands in `ConnectionLimits`: the longest body, and how long answers
    /// wait for a client.
    package struct Limits: Sendable {
        /// The longest request head.
        package var headerBytes = 64 << 10
        /// The longest token.
        package var tokenBytes = 16 << 10
        /// How much all connections may keep in memory together while they wait: parts of heads above all.
        package var bufferedBytes = 128 << 20
        /// The longest value of a header of an answer.
        package var valueBytes = 8 << 10
        /// The longest record of the store.
        package var recordBytes = 4 << 20
        /// How long the decision on one request may take, however many look-ups it needs.
        package var decisionTimeout = Duration.seconds(4)
        /// How many connections of the gateway are open at once.
        package var connections = 10_000
        /// How long a request head may take to arrive, and from its end on the body.
        package var headerTimeout = Duration.seconds(10)
        /// How long a connection may be silent between requests.
        package var idleTimeout = Duration.seconds(75)
    }

    /// How TLS is spoken: where nothing else is said with issuers and with Redis, and with the gateway.
    package struct TLS: Sendable {
        /// Who vouches for servers.
        package var anchors = TrustAnchors.system
        /// Who we are for the gateway; nil: nobody asks within TLS.
        package var server: ServerFiles?
    }

    /// How everything is fetched that is fetched in the background.
    package struct HTTP: Sendable {
        package var proxies = ProxyRules.none
    }

    /// The orderly end, from SIGTERM on.
    package struct Shutdown: Hashable, Sendable {
        /// How long nothing changes but `/readyz`.
        package var delay = Duration.zero
        /// From the end of `delay`: how long a connection may be silent.
        package var idle = Duration.milliseconds(500)
        /// From the end of `delay`: how long requests in flight may take.
        package var timeout = Duration.seconds(10)
    }

    /// When the configuration is read again, besides when somebody asks.
    package struct Reload: Sendable {
        /// Whether a change of the file, or of one that it names, is a reason.
        package var isWatched = false
    }

    /// What is logged, and how.
    package struct Log: Sendable {
        package var level = Logger.Level.info
        package var format = LogFormat.json
        /// The share of requests, from 0 to 1, that have a line of their own.
        package var sample = 0.0
    }
}
