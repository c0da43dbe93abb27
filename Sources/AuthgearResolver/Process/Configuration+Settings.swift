package import Authentication
import Bytes
package import EventLoop
package import HTTP1
package import JOSE
package import KeySets
import Logging
import NIOCore
import Questions
package import Trust
package import Worker

// The configuration as the parts take it.

extension Configuration {
    /// How many event loops serve the gateway.
    package var loopCount: Int {
        switch threads {
        case .auto: Processors.available
        case .count(let count): count
        }
    }

    /// How the workers' threads are scheduled; nil: as whoever started the process has it.
    ///
    /// - Parameter inherited: how the calling thread is.
    package func schedulingPolicy(
        cores: Int = Processors.allowedAndOnline, inherited: SchedulingPolicy? = .ofThread
    ) -> SchedulingPolicy? {
        switch scheduling {
        // Who wakes a worker ran on its core then, unless it is on another machine or pinned elsewhere: the gateway, whose turn is
        // worth waiting for.
        case .auto: cores == 1 && inherited == .other ? .batch : nil
        case .other: .other
        case .batch: .batch
        }
    }

    /// - Parameter issuerIDs: nil where there is one configuration for the whole life of the process.
    package func keySetSettings(issuerIDs: [IssuerID]? = nil) -> KeySets.Settings {
        KeySets.Settings(
            sources: issuersWithKeys.map(\.source), ids: idsWithKeys(of: issuerIDs), maxStale: jwks.maxStale,
            wait: jwks.wait)
    }

    /// Those whose JWTs are accepted.
    package var issuersWithKeys: [Issuer] { issuers.filter(\.hasKeys) }

    /// Their numbers among those of all issuers.
    func idsWithKeys(of ids: [IssuerID]?) -> [IssuerID] {
        zip(issuers, ids ?? firstIDs).filter(\.0.hasKeys).map(\.1)
    }

    /// Raises the limit of open files to what is needed, as far as the system allows; gives how many connections fit.
    func raiseFileLimit() throws(FileLimitError) -> Int {
        try FileLimit.raise(
            forConnections: limits.connections, loops: loopCount, addresses: places.count,
            questions: askLimits.reduce(0) { $0 + $1.connections })
    }

    /// - Parameter connections: how many may be open; fewer than configured, when files are short.
    package func listenerSettings(connections: Int) -> Listener.Settings {
        var connection = ConnectionLimits(
            headerBytes: limits.headerBytes, headerTimeout: limits.headerTimeout, bodyTimeout: limits.headerTimeout,
            idleTimeout: limits.idleTimeout, decisionTimeout: limits.decisionTimeout)
        // However small the share of one event loop: some heads that come in parts have room there.
        connection.bufferedBytes = max(limits.bufferedBytes / loopCount, 4 * limits.headerBytes)
        connection.further = furtherFields
        var settings = Listener.Settings(addresses: listen, maximumConnections: connections, connection: connection)
        (settings.secured, settings.calls) = (secured, calls)
        settings.observation = observation
        settings.scheduling = schedulingPolicy()
        settings.drain = DrainLimits(idle: shutdown.idle, timeout: shutdown.timeout)
        return settings
    }

    /// What TLS is served by; nil where it is not.
    package func readServerTLS() -> ServerTLSSource.Reading? {
        tls.server.map { ServerTLSSource.Reading(of: $0, at: .now) }
    }

    /// The fields that are looked at because something needs them.
    package var furtherFields: FurtherFields {
        var fields = FurtherFields()
        if let header = tokens.own?.header { fields.look(at: .apiToken, named: header) }
        if readsOriginal { fields.look(atOriginal: original) }
        fields.namesCount = headers.removal == .envoy
        if preflight == .allow {
            fields.look(at: .origin)
            fields.look(at: .requestMethod)
        }
        if dpop != nil { fields.look(at: .proof) }
        if let certificate = clientCertificate { fields.look(at: .certificate, named: certificate.header) }
        if let csrf {
            fields.look(at: .origin)
            fields.look(at: .fetchSite)
            if let header = csrf.header { fields.look(at: .csrfToken, named: header) }
        }
        if login != nil {
            fields.look(at: .accept)
            fields.look(at: .fetchMode)
        }
        if tracing != nil {
            fields.look(at: .traceParent)
            fields.look(at: .traceState)
        }
        return fields
    }

    /// Whether anything needs the client's own request.
    package var readsOriginal: Bool { csrf != nil || login != nil || dpop != nil || preflight == .allow }

    /// The headers that only the resolver may write, in the order of its answer: a gateway sets or clears each in every request.
    package var ownNames: [String] {
        let own = [assertion?.signer.header].compactMap(\.self)
        let names = Set(issuers.flatMap(\.headerNames) + own).subtracting(HeaderName.answered)
        return HeaderName.answered + names.sorted()
    }

    /// What gateways need beside the headers that have a value.
    package var delivery: DeliveryRules {
        DeliveryRules(
            names: ownNames, absence: headers.absence, removal: headers.removal, errorHeader: headers.errorHeader,
            allowsPreflights: preflight == .allow)
    }

    /// The rules that sessions are judged by; nil without a store.
    package var sessionRules: SessionRules? {
        switch sessions.store {
        case .none, .authgear: return nil
        case .redis, .memory: break
        }
        return SessionRules(
            appID: sessions.appID, limits: sessions.limits, offlineGrants: sessions.offlineGrants,
            missingUser: sessions.missingUser == .partial ? .partial : .unavailable)
    }

    /// When Authgear is asked; nil: never.
    package var authgearRules: AuthgearRules? {
        authgear.map { authgear in
            AuthgearRules(
                isStore: sessions.store.isAuthgear, maximumAge: authgear.maxAge, touchAfter: authgear.touch,
                timeout: authgear.timeout, userMaximumStale: authgear.userMaxStale,
                shadowShare: shadowSample, place: "\(authgear.endpoint.text) \(authgear.host)")
        }
    }

    /// What the resolver of one event loop decides by.
    ///
    /// - Parameter issuerIDs: nil where there is one configuration for the whole life of the process.
    package func resolverSettings(issuerIDs: [IssuerID]? = nil) -> ResolverSettings {
        ResolverSettings(
            issuers: issuersWithKeys.map(\.trusted), issuerIDs: idsWithKeys(of: issuerIDs),
            maximumTokenBytes: limits.tokenBytes, sessions: sessionRules, authgear: authgearRules,
            cookiePrefix: sessions.cookiePrefix, clearingCookie: sessions.clearingCookie, format: answerFormat,
            accessPolicies: policies, sessionScopes: sessions.scopes.map { Array($0.utf8) }, challenge: challenge,
            csrf: csrf?.rules, login: login, assertion: assertion?.signer, dpop: dpop,
            clientCertificate: clientCertificate?.rules, delivery: delivery,
            introspectors: introspectors(ids: issuerIDs ?? firstIDs), userinfos: userinfos(ids: issuerIDs ?? firstIDs),
            cookieServers: cookieServers(ids: issuerIDs ?? firstIDs),
            caches: cacheRules, decisionTimeout: limits.decisionTimeout, notesRefusals: log.level <= .debug)
    }

    /// A resolver for one event loop, which has no keys yet.
    package func resolver() -> Resolver { Resolver(resolverSettings(), renderer: HTTP1Renderer()) }

    /// How answers are written.
    package var answerFormat: AnswerFormat {
        AnswerFormat(
            amrSeparator: headers.amrSeparator, maximumValueLength: limits.valueBytes,
            compatibility: headers.compatibility,
            completion: delivery.completion(beside: assertion?.signer.header))
    }

    /// The caches of one event loop: its share of what the process may hold.
    package var cacheRules: CacheRules {
        CacheRules(
            tokens: tokens.cache.share(of: loopCount),
            // Answers of Authgear's own need nobody to tell of changes.
            sessions: sessions.areCached || sessions.store.isAuthgear
                ? sessions.cache.share(of: loopCount) : CacheBound(entries: 0, bytes: 0),
            sessionMaximumAge: sessions.cacheMaximumAge)
    }
}

extension Configuration.Store {
    package var isAuthgear: Bool { if case .authgear = self { true } else { false } }
}

extension Configuration.Cache {
    fileprivate func share(of loops: Int) -> CacheBound {
        CacheBound(entries: (entries + loops - 1) / loops, bytes: bytes / loops)
    }
}

extension Configuration {
    /// The collector that spans are sent to; nil: none.
    var collectorSettings: TraceCollector.Settings? {
        tracing.map { TraceCollector.Settings(url: $0.endpoint, anchors: $0.anchors, proxies: http.proxies) }
    }
}
