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
        page.add(.tokenCacheHits, [], tokenCache.hits)
        page.add(.tokenCacheMisses, [], tokenCache.misses)
        page.add(.tokenCacheEvictions, [], tokenCache.evictions)
        page.add(.tokenCacheEntries, [], tokenCache.entries)
        page.add(.tokenCacheBytes, [], tokenCache.bytes)
        page.add(.sessionCacheHits, [], sessionCache.hits)
        page.add(.sessionCacheMisses, [], sessionCache.misses)
        page.add(.sessionCacheEvictions, [], sessionCache.evictions)
        page.add(.sessionCacheEntries, [], sessionCache.entries)
        page.add(.sessionCacheBytes, [], sessionCache.bytes)
    }
}
