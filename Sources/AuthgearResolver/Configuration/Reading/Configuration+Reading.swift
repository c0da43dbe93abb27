import Authentication
import EventLoop
import JOSE
import KeySets
import Logging
import Questions
import Redis
import Trust
import Worker

extension Configuration {
    /// Reads every key that there is; the ranges stand here and nowhere else. What can't be read is the reader's to say.
    ///
    /// - Parameter environment: the value of a variable; nil when it is not set.
    init(from root: Section, environment: (String) -> String?) {
        readListeners(from: root)
        readWorkers(from: root)
        root.sections("issuers", count: 1...1000) { section in
            if let issuer = Issuer(from: section, besides: issuers) { issuers.append(issuer) }
        }
        let hasAPITokens = tokens.read(from: root, besides: issuers)
        let ending = issuers.first { $0.sessionCheck == .grant }
        root.section("sessions") {
            let isNeeded = !root.has("issuers") && !hasAPITokens && !root.has("cookies")
            sessions.read(from: $0, isNeeded: isNeeded, for: ending)
        }
        root.readCookies(into: &cookies, besides: sessions.cookieNames)
        if let ending, !root.has("sessions") { root.missing("sessions.store", allowed: ending.neededStore) }
        root.section("authgear") { authgear = Authgear(from: $0) }
        if case .authgear = sessions.store, !root.has("authgear") {
            root.missing("authgear.endpoint", allowed: "the URL of Authgear's resolver, which store: authgear asks")
        }
        root.section("shadow") { section in
            section.read("sample", as: .share, into: &shadowSample)
            if shadowSample > 0, !root.has("authgear") {
                let allowed = "a section authgear beside it, with its endpoint"
                section.refuse("sample", "has nobody to ask", allowed: allowed)
            }
        }
        readQuestions(from: root)
        checkReadiness(from: root)
        root.section("jwks") { jwks.read(from: $0) }
        root.section("headers") { section in
            section.read("amr_separator", as: .separator, into: &headers.amrSeparator)
            section.read("compat", as: .choice, into: &headers.compatibility)
            section.read("absent", as: .choice, into: &headers.absence)
            section.read("removal", as: .choice, into: &headers.removal)
            section.read("error", as: .choice, into: &headers.errorHeader)
        }
        root.section("tracing") { tracing = Tracing(from: $0) }
        root.section("limits") { limits.read(from: $0) }
        root.section("shutdown") { shutdown.read(from: $0) }
        readNetwork(from: root, environment: environment)
        root.section("reload") { section in section.read("watch", as: .flag, into: &reload.isWatched) }
        root.section("log") { section in
            section.read("level", as: .choice, into: &log.level)
            section.read("format", as: .choice, into: &log.format)
            section.read("sample", as: .share, into: &log.sample)
        }
        root.close()
        if !root.has("issuers"), !root.has("sessions"), !hasAPITokens, !root.has("cookies") {
            root.refuse("issuers", nothingToDo.message, allowed: nothingToDo.allowed)
        }
    }
}

// What the gateway may ask for, and what it is answered beside the user.
extension Configuration {
    private mutating func readQuestions(from root: Section) {
        root.section("challenge") { section in
            section.read("realm", as: .realm, into: &challenge.realm)
            section.read("resource_metadata", as: .metadataURL, into: &challenge.resourceMetadata)
        }
        root.readProofs(into: &self)
        root.readPolicies(into: &policies, challenge: challenge.stating(dpop))
        checkCalls(from: root)
        root.readBrowsers(into: &self)
        root.readAssertion(into: &self)
    }
}

// What leads to other servers, as it is said for all of them.
extension Configuration {
    private mutating func readNetwork(from root: Section, environment: (String) -> String?) {
        if let path = environment("SSL_CERT_FILE"), !path.isEmpty {
            tls.anchors = .file(NamedFile(root.dependency(path), key: "SSL_CERT_FILE"))
        }
        root.section("tls") { section in
            section.readAnchors(into: &tls.anchors)
            section.section("server") { tls.server = ServerFiles(from: $0) }
            checkSecured(from: root, section)
        }
        if !root.has("tls") { checkSecured(from: root, nil) }
        shareAnchors()
        var proxy: ProxyAddress?
        root.section("http") { section in proxy = section.optional("proxy", as: .proxyURL) }
        http.proxies = ProxyRules(configured: proxy, environment: environment)
    }

    /// Gives who has no certificates of its own those that are for all.
    private mutating func shareAnchors() {
        for index in issuers.indices where issuers[index].anchors == .system { issuers[index].anchors = tls.anchors }
        for index in cookies.indices { cookies[index].anchors = tls.anchors }
        authgear?.anchors = tls.anchors
        tracing?.anchors = tls.anchors
        guard case .redis(var redis) = sessions.store, redis.tls.anchors == .system else { return }
        redis.tls.anchors = tls.anchors
        sessions.store = .redis(redis)
    }
}

extension Section {
    fileprivate func readAnchors(into anchors: inout TrustAnchors) {
        if let file = file("ca_file") { anchors = .file(file) }
    }
}

extension ServerFiles {
    /// Nil when a key that has to be there could not be read.
    fileprivate init?(from section: Section) {
        let (certificate, key) = (section.requiredFile("cert_file"), section.requiredFile("key_file"))
        let anchors = section.file("client_ca_file")
        guard let certificate, let key else { return nil }
        self.init(certificate: certificate, key: key, clientAnchors: anchors)
    }
}

extension RedisTLS {
    fileprivate mutating func read(from section: Section) {
        section.readAnchors(into: &anchors)
        if let certificate = section.file("cert_file"), let key = section.file("key_file") {
            identity = ClientIdentity(certificate: certificate, key: key)
        }
        serverName = section.optional("server_name", as: .serverName)
        if section.has("cert_file") != section.has("key_file") {
            section.missing(section.has("cert_file") ? "key_file" : "cert_file", allowed: Form.path.allowed)
        }
    }
}

/// What is said of a configuration without issuers, a store, API tokens and cookies, by which every credential would be invalid.
private let nothingToDo = (
    message: "there is nothing to check credentials with", allowed: "an issuer, a session store, API tokens, or cookies"
)

extension Configuration.Issuer {
    /// What `session_check: grant` asks for.
    fileprivate var neededStore: String {
        "redis, memory or authgear, or session_check: none of the issuer \(identifier)"
    }

    /// Nil when a key that has to be there could not be read.
    fileprivate init?(from section: Section, besides others: [Self]) {
        // Asked in the order in which a message lists what is allowed.
        let areGiven = ["issuer", "jwks_uri", "jwks_file"].map(section.has)
        let identifier = section.required(
            "issuer", as: areGiven.dropFirst().contains(true) ? .issuer : .discoverableIssuer)
        let audiences: [String]?
        if section.has("audiences") {
            audiences = section.list("audiences", as: .audience, count: 1...100)
        } else {
            audiences = section.hasClients ? [] : nil
        }
        self.init(identifier: identifier ?? "", audiences: audiences ?? [])
        if let list = section.list("algorithms", as: .algorithm, count: 1...10) { algorithms = list }
        section.read("leeway", as: .duration(.zero ... .seconds(600)), into: &leeway)
        section.read("confirmation", as: .choice, into: &confirmation)
        section.read("session_check", as: .choice, into: &sessionCheck)
        let (places, named) = section.claimPlaces()
        claims = ClaimMapping(places)
        readKeys(from: section)
        section.section("tls") { $0.readAnchors(into: &anchors) }
        section.section("introspection") { introspection = Configuration.Introspection(from: $0) }
        section.section("userinfo") {
            userinfo = Configuration.Userinfo(from: $0, for: UserinfoClaims(named: named, among: places))
        }
        if audiences == nil, !section.has("audiences") {
            section.missing("audiences", allowed: "a list of 1 to 100, each \(Form.audience.allowed)")
        }
        introspection?.check(in: section, of: self, besides: others)
        userinfo?.check(in: section, of: self)
        guard identifier != nil, audiences != nil else { return nil }
        guard !others.contains(where: { $0.identifier == self.identifier }) else {
            section.refuse("issuer", "is configured twice", allowed: "each issuer once")
            return nil
        }
    }

    private mutating func readKeys(from section: Section) {
        if let uri = section.optional("jwks_uri", as: .keyURLOrNone) {
            if let uri { keys = .uri(uri) }
            hasKeys = uri != nil
        }
        if !hasKeys, !section.has("introspection") {
            section.refuse(
                "jwks_uri", "is none, and nobody is asked about the issuer's tokens", allowed: "a section introspection"
            )
        }
        if !hasKeys, sessionCheck == .grant {
            section.refuse(
                "session_check", "is about JWTs, and jwks_uri: none lets nobody verify them", allowed: "none")
        }
        if let file = section.optional("jwks_file", as: .path) { keys = .file(section.absolute(file)) }
        guard section.has("jwks_uri"), section.has("jwks_file") else { return }
        section.refuse("jwks_file", "stands beside jwks_uri", allowed: "one of them, or neither for discovery")
    }
}

extension Configuration.Sessions {
    /// - Parameters:
    ///   - isNeeded: whether there is nothing else to check credentials with.
    ///   - ending: an issuer whose tokens end with their sessions.
    fileprivate mutating func read(from section: Section, isNeeded: Bool, for ending: Configuration.Issuer?) {
        let name = section.required("store", as: .choice as Form<Configuration.Store.Kind>)
        section.read("app_id", as: .appID, into: &appID)
        section.read("cookie_prefix", as: .cookiePrefix, into: &cookiePrefix)
        limits.read(from: section)
        section.section("offline_grants") { section in offlineGrants.read(from: section) }
        section.read("missing_user", as: .choice, into: &missingUser)
        if let list = section.list("scopes", as: .scope, count: 1...100) { scopes = list }
        section.section("clear_cookie") { section in
            var cookie = ClearingCookie()
            cookie.domain = section.optional("domain", as: .cookieDomain)
            section.read("secure", as: .flag, into: &cookie.isSecure)
            clearingCookie = cookie
        }
        section.section("cache") { section in
            cache.read(from: section)
            section.read("mode", as: .choice, into: &cacheMode)
            section.read("max_age", as: .duration(.seconds(1) ... .seconds(3_600)), into: &cacheMaximumAge)
        }
        let redis = readRedis(from: section, isNeeded: name == .redis)
        let memory = readMemory(from: section, isNeeded: name == .memory)
        if isNeeded, name == Configuration.Store.Kind.none {
            section.refuse("store", nothingToDo.message, allowed: nothingToDo.allowed)
        }
        if let ending, name == Configuration.Store.Kind.none {
            section.refuse("store", "has no sessions for tokens to end with", allowed: ending.neededStore)
        }
        if let name, name == .redis || name == .memory, !section.has("app_id") {
            section.missing("app_id", allowed: Form.appID.allowed)
        }
        switch name {
        case .redis: store = redis.map { .redis($0) } ?? .none
        case .memory: store = memory.map { .memory($0) } ?? .none
        case .authgear: store = .authgear
        case .some(.none), nil: store = .none
        }
    }

    private func readRedis(from section: Section, isNeeded: Bool) -> Configuration.Redis? {
        var redis: Configuration.Redis?
        section.section("redis") { section in
            let address = isNeeded ? section.required("url", as: .redisURL) : section.optional("url", as: .redisURL)
            // Without an address the time-outs are read all the same, for what is wrong with them.
            var read = Configuration.Redis(address: address ?? RedisAddress(endpoint: .unix(path: "")))
            let range = Duration.milliseconds(1) ... .seconds(60)
            section.read("connect_timeout", as: .duration(range), into: &read.connectTimeout)
            section.read("command_timeout", as: .duration(range), into: &read.commandTimeout)
            section.read("role", as: .choice, into: &read.role)
            section.read("max_replica_lag", as: .duration(.seconds(1) ... .seconds(3_600)), into: &read.maxReplicaLag)
            section.read("protocol", as: .choice, into: &read.version)
            section.section("tls") { read.tls.read(from: $0) }
            var (user, password): (FileText?, FileText?)
            section.section("sentinel") { section in
                read.address.readSentinelCredentials(from: section)
                (user, password) = (section.fileText("user"), section.fileText("password"))
            }
            read.credentialTexts = RedisCredentialTexts(
                url: section.fileText("url"), sentinelUser: user, sentinelPassword: password)
            redis = address == nil ? nil : read
        }
        if isNeeded, !section.has("redis") { section.missing("redis.url", allowed: Form.redisURL.allowed) }
        return redis
    }

    private func readMemory(from section: Section, isNeeded: Bool) -> Configuration.Memory? {
        var memory: Configuration.Memory?
        section.section("memory") { section in
            let file = isNeeded ? section.required("file", as: .path) : section.optional("file", as: .path)
            memory = file.map { Configuration.Memory(file: section.dependency($0)) }
        }
        if isNeeded, !section.has("memory") { section.missing("memory.file", allowed: Form.path.allowed) }
        return memory
    }
}

extension OfflineGrantRules {
    fileprivate mutating func read(from section: Section) {
        limits.read(from: section)
        section.namedSections("clients") { client, section in
            var own = limits
            own.read(from: section)
            clients[Array(client.utf8)] = own
        }
        section.read("unlisted", as: .choice, into: &unlisted)
    }
}

extension SessionLimits {
    fileprivate mutating func read(from section: Section) {
        let range = Duration.seconds(1) ... .seconds(3_650 * 86_400)
        section.read("lifetime", as: .duration(range), into: &lifetime)
        section.read("idle_timeout", as: .durationOrNone(range), into: &idleTimeout)
    }
}

extension Configuration.Tokens {
    /// - Returns: whether API tokens are named, right or wrong.
    fileprivate mutating func read(from root: Section, besides issuers: [Configuration.Issuer]) -> Bool {
        var hasOwn = false
        root.section("tokens") { section in
            section.section("cache") { cache.read(from: $0) }
            hasOwn = section.has("static")
            own = section.readAPITokens(besides: issuers)
        }
        return hasOwn
    }
}

extension Configuration.Cache {
    fileprivate mutating func read(from section: Section) {
        section.read("entries", as: .count(0...100_000_000), into: &entries)
        section.read("bytes", as: .size(0...1 << 40), into: &bytes)
    }
}

extension Configuration.JWKS {
    fileprivate mutating func read(from section: Section) {
        section.read("max_stale", as: .duration(.seconds(1) ... .seconds(30 * 86_400)), into: &maxStale)
        section.read("wait", as: .duration(.zero ... .seconds(10)), into: &wait)
        section.section("snapshot") { snapshot in
            snapshotFile = snapshot.required("file", as: .path).map(snapshot.absolute)
        }
    }
}

extension Configuration.Limits {
    fileprivate mutating func read(from section: Section) {
        section.read("header_bytes", as: .size(1 << 10...1 << 20), into: &headerBytes)
        section.read("token_bytes", as: .size(256...256 << 10), into: &tokenBytes)
        section.read("buffered_bytes", as: .size(1 << 20...1 << 40), into: &bufferedBytes)
        section.read("value_bytes", as: .size(256...32 << 10), into: &valueBytes)
        section.read("record_bytes", as: .size(1 << 10...64 << 20), into: &recordBytes)
        section.read("decision_timeout", as: .duration(.milliseconds(100) ... .seconds(60)), into: &decisionTimeout)
        section.read("connections", as: .count(1...1_000_000), into: &connections)
        section.read("header_timeout", as: .duration(.milliseconds(10) ... .seconds(600)), into: &headerTimeout)
        section.read("idle_timeout", as: .duration(.milliseconds(10) ... .seconds(3_600)), into: &idleTimeout)
    }
}

extension Configuration.Shutdown {
    fileprivate mutating func read(from section: Section) {
        section.read("delay", as: .duration(.zero ... .seconds(600)), into: &delay)
        section.read("idle", as: .duration(.zero ... .seconds(60)), into: &idle)
        section.read("timeout", as: .duration(.zero ... .seconds(600)), into: &timeout)
    }
}
