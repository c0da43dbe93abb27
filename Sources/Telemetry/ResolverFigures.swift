package import Authentication

/// What one event loop's resolver counted, copied out of the loop. Those of several loops can be added up.
package struct ResolverFigures: Sendable {
    package var tally: Tally
    package var tokenCache: CacheFigures
    package var sessionCache: CacheFigures

    package init(_ resolver: borrowing Resolver) {
        tally = resolver.tally
        tokenCache = resolver.tokenCacheFigures
        sessionCache = resolver.sessionCacheFigures
    }

    package mutating func merge(_ other: ResolverFigures) {
        tally.merge(other.tally)
        tokenCache.merge(other.tokenCache)
        sessionCache.merge(other.sessionCache)
    }

    /// Adds the decisions' and the caches' metrics to a page.
    package func write(to page: inout PrometheusPage) {
        tally.write(to: &page)
        page.add(.tokenCacheHits, value: tokenCache.hits)
        page.add(.tokenCacheMisses, value: tokenCache.misses)
        page.add(.tokenCacheEvictions, value: tokenCache.evictions)
        page.add(.tokenCacheEntries, value: tokenCache.entries)
        page.add(.tokenCacheBytes, value: tokenCache.bytes)
        page.add(.sessionCacheHits, value: sessionCache.hits)
        page.add(.sessionCacheMisses, value: sessionCache.misses)
        page.add(.sessionCacheEvictions, value: sessionCache.evictions)
        page.add(.sessionCacheEntries, value: sessionCache.entries)
        page.add(.sessionCacheBytes, value: sessionCache.bytes)
    }
}

extension Tally {
    /// Adds the refusals and unknowns to a page: every reason, those that never occurred too, so that rates are right
    /// from the first one on.
    package func write(to page: inout PrometheusPage) {
        forEachRefusal { credential, reason, count in
            page.add(.refusals, labels: ["\(credential)", "\(reason)"], value: count)
        }
        for reason in UnknownReason.allCases {
            page.add(.unknowns, labels: ["\(reason.text)"], value: unknowns[Int(reason.rawValue)])
        }
        forEachPolicy { policy, reason, count in
            page.add(.policies, labels: [policy, "\(reason)"], value: count)
        }
        forEachQuestion { purpose, result, count in
            page.add(.authgearQuestions, labels: ["\(purpose)", "\(result)"], value: count)
        }
        forEachServerQuestion { server, purpose, result, count in
            page.add(.serverQuestions, labels: [server, "\(purpose)", "\(result)"], value: count)
        }
        shadow.forEachResult { result, count in page.add(.shadowRequests, labels: ["\(result)"], value: count) }
        shadow.forEachDifference { header, count in page.add(.shadowDifferences, labels: [header], value: count) }
    }
}
