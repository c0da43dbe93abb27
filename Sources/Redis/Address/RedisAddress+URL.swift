import Bytes

extension RedisAddress {
    /// Reads a URL:
    ///
    ///     redis://[[user]:password@]host[:port][/database]
    ///     rediss://…                                          the same within TLS
    ///     redis-sentinel://[[user]:password@]host[:port][,host[:port]…]/service[/database]
    ///     rediss-sentinel://…                                 the same within TLS
    ///     valkey://…, valkeys://…, valkey-sentinel://…, …     the same as with redis
    ///     unix://[[user]:password@]/path[?db=database]
    ///
    /// The port is 6379, a Sentinel's 26379, and the database 0 unless given. User, password, service and path are percent-decoded
    /// (RFC 3986 section 2.1). User and password are the servers', not the Sentinels'.
    package init(url: String) throws(RedisAddressError) {
        guard url.utf8.allSatisfy(\.isVisible) else { throw .character }
        let parts = URLParts(url)
        switch parts.scheme {
        case "redis", "valkey": self = try Self.network(parts, isSecured: false)
        case "rediss", "valkeys": self = try Self.network(parts, isSecured: true)
        case "redis-sentinel", "valkey-sentinel": self = try Self.sentinels(parts, isSecured: false)
        case "rediss-sentinel", "valkeys-sentinel": self = try Self.sentinels(parts, isSecured: true)
        case "unix": self = try Self.unix(url[parts.authority.startIndex...])
        case .some(let scheme) where scheme.hasSuffix("cluster"): throw .cluster
        default: throw .scheme
        }
    }

    private static func network(_ parts: URLParts, isSecured: Bool) throws(RedisAddressError) -> RedisAddress {
        guard !parts.rest.contains("@") else { throw .unencoded }
        let (userInfo, place) = parts.authority.splitUserInfo()
        let credentials = try credentials(in: userInfo)
        guard !place.contains(",") else { throw .cluster }
        let node = try node(at: place, port: 6379)
        guard !parts.rest.contains("?"), !parts.rest.contains("#") else { throw .parameter }
        return RedisAddress(
            endpoint: isSecured ? .tls(host: node.host, port: node.port) : .tcp(host: node.host, port: node.port),
            credentials: credentials, database: try database(in: parts.rest))
    }

    private static func sentinels(_ parts: URLParts, isSecured: Bool) throws(RedisAddressError) -> RedisAddress {
        guard !parts.rest.contains("@") else { throw .unencoded }
        let (userInfo, places) = parts.authority.splitUserInfo()
        let credentials = try credentials(in: userInfo)
        var hosts: [NodeAddress] = []
        for place in places.split(separator: ",", omittingEmptySubsequences: false) {
            let host = try node(at: place, port: 26_379)
            guard !hosts.contains(where: host.isAlike) else { throw .alikeHosts }
            hosts.append(host)
        }
        guard hosts.count <= SentinelGroup.maximumHosts else { throw .tooManyHosts }
        guard !parts.rest.contains("?"), !parts.rest.contains("#") else { throw .parameter }
        let (name, rest) = parts.rest.dropFirst().split(before: "/")
        let service = String(decoding: try decode(name), as: UTF8.self)
        guard 1...256 ~= service.utf8.count, service.utf8.allSatisfy(\.isVisible) else { throw .service }
        return RedisAddress(
            endpoint: .sentinels(SentinelGroup(hosts: hosts, service: service, isSecured: isSecured)),
            credentials: credentials, database: try database(in: rest))
    }

    /// Reads `[/database]`.
    private static func database(in path: Substring) throws(RedisAddressError) -> Int {
        path.count < 2 ? 0 : try number(path.dropFirst(), in: 0...0x7FFF_FFFF, else: .database)
    }

    private static func unix(_ text: Substring) throws(RedisAddressError) -> RedisAddress {
        let (authority, rest) = text.split(before: "/")
        guard authority.isEmpty || authority.hasSuffix("@") else { throw rest.contains("@") ? .unencoded : .path }
        let (path, query) = rest.split(before: "?", "#")
        let decoded = try decode(path)
        guard decoded.first == UInt8(ascii: "/"), 2...107 ~= decoded.count, !decoded.contains(0) else { throw .path }
        let database = query.hasPrefix("?db=") ? query.dropFirst(4) : nil
        guard query.isEmpty || database != nil else { throw .parameter }
        return RedisAddress(
            endpoint: .unix(path: String(decoding: decoded, as: UTF8.self)),
            credentials: authority.isEmpty ? nil : try credentials(in: authority.dropLast()),
            database: try database.map { text throws(RedisAddressError) in
                try number(text, in: 0...0x7FFF_FFFF, else: .database)
            } ?? 0)
    }

    /// Reads `[user]:password`. Nothing on either side of the colon is no password: what `${NAME:-}` leaves when the variable
    /// is not set.
    private static func credentials(in text: Substring?) throws(RedisAddressError) -> RedisCredentials? {
        guard let (user, password) = text?.split(before: ":") else { return nil }
        guard !password.isEmpty else { throw .userWithoutPassword }
        let secret = try decode(password.dropFirst())
        if user.isEmpty, secret.isEmpty { return nil }
        guard !secret.isEmpty else { throw .emptyPassword }
        return RedisCredentials(user: user.isEmpty ? nil : try decode(user), password: secret)
    }

    private static func node(at place: Substring, port: Int) throws(RedisAddressError) -> NodeAddress {
        do throws(HostAndPort.Problem) {
            let place = try HostAndPort(place)
            return NodeAddress(host: String(place.host), port: place.port.map { Int($0) } ?? port)
        } catch {
            throw error == .host ? .host : .port
        }
    }

    private static func number(
        _ text: Substring, in range: ClosedRange<Int>, else error: RedisAddressError
    ) throws(RedisAddressError) -> Int {
        guard text.allSatisfy(\.isNumber), let number = Int(text), range.contains(number) else { throw error }
        return number
    }

    private static func decode(_ text: Substring) throws(RedisAddressError) -> [UInt8] {
        guard let decoded = [UInt8](percentEncoded: text) else { throw .percentEncoding }
        return decoded
    }
}

/// What is wrong with a Redis URL. Never says any part of it: it can hold a password.
package enum RedisAddressError: String, CaseIterable, Error, CustomStringConvertible {
    case scheme =
        "a redis URL starts with redis:// or redis-sentinel://, rediss:// or rediss-sentinel:// (TLS), the same with valkey, or unix://"
    case cluster =
        "a Cluster can't be used: Authgear itself takes one URL, no Sentinel and no Cluster; give the one server that has all records"
    case character = "a redis URL is of visible ASCII characters; others are percent-encoded"
    case percentEncoding =
        "a % in a redis URL is followed by two hexadecimal digits; one that is a part of user or password is written %25"
    case userWithoutPassword = "a user in a redis URL needs a password: redis://user:password@host"
    case emptyPassword = "the user in the redis URL has an empty password; leave out both when there is none"
    case unencoded =
        "the user or the password of the redis URL holds a / ? or # as it is: write %2F, %3F or %23 for it, %40 for @, %3A for : and %25 for %"
    case host =
        "the redis URL has no good host: letters, digits, dots and hyphens, or an IPv6 address in brackets; in user and password each of / ? # @ : is percent-encoded"
    case port =
        "the port of the redis URL is not a number from 1 to 65535; in user and password each of / ? # @ : is percent-encoded"
    case tooManyHosts = "a redis URL names one to sixteen Sentinels"
    case alikeHosts = "two of the Sentinels of the redis URL are alike: each counts once"
    case service =
        "a URL of Sentinels names what they call the service, 1 to 256 visible ASCII characters: redis-sentinel://host,host/mymaster"
    case database = "the database of the redis URL is not a number from 0 to 2147483647"
    case path = "the path of a unix:// URL is absolute and at most 107 bytes: unix:///run/redis/redis.sock"
    case parameter = "the one parameter that a redis URL can have is db, on unix:// only: unix:///path?db=1"

    package var description: String { rawValue }
}
