import Authentication
import EventLoop
import JOSE
import NIOPosix
import Questions
import Telemetry
import Trust
import Worker

extension WorkerEffects {
    /// Has servers asked about this loop's credentials that answer with claims.
    mutating func askForClaims(by clients: ClaimsClients, repliesTo mailbox: WorkerMailbox) {
        askForClaims = { question, ticket in
            clients.ask(question) { reply in mailbox.post(.reply(ticket, .claims(reply))) }
        }
        askForClaimsInBackground = { asked in
            clients.ask(asked.question, isBackground: true) { reply in
                mailbox.post(.perform { $0.conclude(asked, with: reply) })
            }
        }
    }
}

extension Configuration {
    /// Who is asked about tokens, on what terms.
    ///
    /// - Parameter ids: the issuers' numbers, in their order.
    func introspectors(ids: [IssuerID]) -> [Introspector] {
        zip(issuers, ids).compactMap { issuer, id in
            guard let introspection = issuer.introspection else { return nil }
            var introspector = Introspector(
                issuer.trusted, id: id, clients: introspection.clients.map { Array($0.utf8) })
            introspector.takesJWTs = introspection.scope == .all
            introspector.verifier.subject = introspection.subject
            introspector.prefix = introspection.prefix.map { Array($0.utf8) }
            introspector.maximumAge = introspection.maxAge
            introspector.inactiveMaximumAge = introspection.inactiveMaxAge
            return introspector
        }
    }

    /// Whose userinfo endpoints are asked, on what terms.
    func userinfos(ids: [IssuerID]) -> [UserinfoServer] {
        zip(issuers, ids).compactMap { issuer, id in
            issuer.userinfo.map { settings in
                var userinfo = UserinfoServer(issuer.identifier, id: id, claims: settings.claims)
                userinfo.maximumAge = settings.maxAge
                userinfo.isPartial = settings.missing == .partial
                return userinfo
            }
        }
    }

    /// Whose sessions other servers know, on what terms they are asked.
    func cookieServers(ids: [IssuerID]) -> [CookieServer] {
        cookiesWithIDs(ids).map { cookie, id in
            var server = CookieServer(
                cookie.name, id: id, name: cookie.place, claims: cookie.claims, refused: cookie.refusals)
            server.maximumAge = cookie.maxAge
            return server
        }
    }

    /// How much each server is asked that answers with claims.
    var askLimits: [AskLimits] {
        issuers.flatMap { [$0.introspection?.limits, $0.userinfo?.limits].compactMap(\.self) } + cookies.map(\.limits)
    }

    /// A server as it is asked.
    func claimsEndpoint(
        _ settings: ClaimsEndpoint.Settings, on group: MultiThreadedEventLoopGroup = .singleton
    ) -> ClaimsEndpoint {
        ClaimsEndpoint(settings, group: group, proxies: http.proxies, clock: { .now })
    }

    /// How they are asked.
    func claimsEndpoints(
        ids: [IssuerID], on group: MultiThreadedEventLoopGroup
    ) -> [AskedServer: ClaimsEndpoint] {
        var settings: [AskedServer: ClaimsEndpoint.Settings] = [:]
        for (issuer, id) in zip(issuers, ids) {
            settings[AskedServer(.introspection, of: id)] = issuer.introspectionSettings
            settings[AskedServer(.userinfo, of: id)] = issuer.userinfoSettings
        }
        for (cookie, id) in cookiesWithIDs(ids) { settings[AskedServer(.cookie, of: id)] = cookie.settings }
        return settings.mapValues { claimsEndpoint($0, on: group) }
    }

    /// Who asks them.
    func claimsClients(
        ids: [IssuerID], on group: MultiThreadedEventLoopGroup, log: LimitedLog
    ) -> ClaimsClients {
        ClaimsClients(claimsEndpoints(ids: ids, on: group), on: group.next(), log: log)
    }
}

extension Configuration.Issuer {
    /// How its introspection endpoint is asked; nil when there is none.
    var introspectionSettings: ClaimsEndpoint.Settings? {
        introspection.map { introspection in
            var settings = ClaimsEndpoint.Settings(
                issuer: identifier, endpoint: introspection.endpoint, asking: .form(introspection.client))
            settings.tokenEndpoint = introspection.tokenEndpoint
            settings.probes = introspection.probes
            settings.limit(by: introspection.limits, trusting: anchors)
            return settings
        }
    }

    /// How its userinfo endpoint is asked; nil when there is none.
    var userinfoSettings: ClaimsEndpoint.Settings? {
        userinfo.map { userinfo in
            var settings = ClaimsEndpoint.Settings(issuer: identifier, endpoint: userinfo.endpoint, asking: .bearer)
            settings.limit(by: userinfo.limits, trusting: anchors)
            return settings
        }
    }
}

extension Configuration.Cookie {
    /// How its server is asked.
    var settings: ClaimsEndpoint.Settings {
        var settings = ClaimsEndpoint.Settings(issuer: "", endpoint: ask, asking: .cookie(named: name))
        settings.limit(by: limits, trusting: anchors)
        return settings
    }
}

extension ClaimsEndpoint.Settings {
    fileprivate mutating func limit(by limits: Configuration.AskLimits, trusting anchors: TrustAnchors) {
        (timeout, connections, waiting) = (limits.timeout, limits.connections, limits.waiting)
        isInsecure = limits.isInsecure
        self.anchors = anchors
    }
}
