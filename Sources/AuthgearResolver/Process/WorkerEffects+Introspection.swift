import Authentication
import EventLoop
import JOSE
import NIOPosix
import Questions
import Telemetry
import Worker

extension WorkerEffects {
    /// Has introspection endpoints asked about this loop's tokens.
    mutating func introspect(_ clients: IntrospectionClients, repliesTo mailbox: WorkerMailbox) {
        introspect = { question, ticket in
            clients.ask(question) { reply in mailbox.post(.reply(ticket, .introspection(reply))) }
        }
        introspectInBackground = { asked in
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
            introspector.prefix = introspection.prefix.map { Array($0.utf8) }
            introspector.maximumAge = introspection.maxAge
            introspector.inactiveMaximumAge = introspection.inactiveMaxAge
            return introspector
        }
    }

    /// How they are asked.
    func introspectionEndpoints(
        ids: [IssuerID], on group: MultiThreadedEventLoopGroup
    ) -> [IssuerID: IntrospectionEndpoint] {
        let endpoints = zip(issuers, ids).compactMap { issuer, id in
            issuer.introspectionSettings.map { settings in
                (id, IntrospectionEndpoint(settings, group: group, proxies: http.proxies))
            }
        }
        return Dictionary(endpoints) { first, _ in first }
    }
}

extension Configuration {
    /// Who asks them.
    func introspectionClients(
        ids: [IssuerID], on group: MultiThreadedEventLoopGroup, log: LimitedLog
    ) -> IntrospectionClients {
        IntrospectionClients(introspectionEndpoints(ids: ids, on: group), on: group.next(), log: log)
    }
}

extension Configuration.Issuer {
    /// How its introspection endpoint is asked; nil when there is none.
    var introspectionSettings: IntrospectionEndpoint.Settings? {
        introspection.map { introspection in
            var settings = IntrospectionEndpoint.Settings(
                issuer: identifier, endpoint: introspection.endpoint, client: introspection.client)
            settings.tokenEndpoint = introspection.tokenEndpoint
            settings.probes = introspection.probes
            settings.isInsecure = introspection.isInsecure
            settings.anchors = anchors
            settings.timeout = introspection.timeout
            settings.connections = introspection.connections
            settings.waiting = introspection.waiting
            return settings
        }
    }
}
