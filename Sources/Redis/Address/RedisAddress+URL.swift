import Bytes

extension RedisAddress {
    /// Reads a URL:
    ///
    ///     redis://[[user]:password@]host[:port][/database]
    ///     rediss://…                                          the same within TLS
    ///     unix://[[user]:password@]/path[?db=database]
    ///
    /// The port is 6379 and the database 0 unless given. User, password and path are percent-decoded (RFC 3986 section 2.1).
    package init(url: String) throws(RedisAddressError) {
        guard url.utf8.allSatisfy({ byte in 0x21...0x7E ~= byte }) else { throw .character }
        let url = url[...]
        if let rest = url.dropping("redis://") {
            self = try Self.network(rest) { host, port in .tcp(host: host, port: port) }
        } else if let rest = url.dropping("rediss://") {
            self = try Self.network(rest) { host, port in .tls(host: host, port: port) }
        } else if let rest = url.dropping("unix://") {
            self = try Self.unix(rest)
        } else {
            throw .scheme
        }
    }

    private static func network(
        _ text: Substring, endpoint: (String, Int) -> Endpoint
    ) throws(RedisAddressError) -> RedisAddress {
        let (authority, rest) = text.split(before: "/", "?", "#")
        guard !rest.contains("@") else { throw .unencoded }
        let (credentials, place) = try credentials(of: authority)
        let (host, port) = try hostAndPort(of: place)
        guard !rest.contains("?"), !rest.contains("#") else { throw .parameter }
        let database = rest.dropFirst()
        return RedisAddress(
            endpoint: endpoint(host, port), credentials: credentials,
            database: database.isEmpty ? 0 : try number(database, in: 0...0x7FFF_FFFF, else: .database))
    }

    private static func unix(_ text: Substring) throws(RedisAddressError) -> RedisAddress {
        let (authority, rest) = text.split(before: "/")
        guard authority.isEmpty || authority.hasSuffix("@") else { throw rest.contains("@") ? .unencoded : .path }
        let (path, query) = rest.split(before: "?", "#")
        let decoded = try decode(path)
        guard decoded.first == UInt8(ascii: "/"), 2...107 ~= decoded.count, !decoded.contains(0) else { throw .path }
        let database = query.dropping("?db=")
        guard query.isEmpty || database != nil else { throw .parameter }
        return RedisAddress(
            endpoint: .unix(path: String(decoding: decoded, as: UTF8.self)),
            credentials: try credentials(of: authority).0,
            database: try database.map { text throws(RedisAddressError) in
                try number(text, in: 0...0x7FFF_FFFF, else: .database)
            } ?? 0)
    }

    /// Splits `[[user]:password@]place`. Nothing on either side of the colon is no password: what `${NAME:-}` leaves when
    /// the variable is not set.
    private static func credentials(
        of authority: Substring
    ) throws(RedisAddressError) -> (RedisCredentials?, place: Substring) {
        guard let at = authority.lastIndex(of: "@") else { return (nil, authority) }
        let place = authority[authority.index(after: at)...]
        let (user, password) = authority[..<at].split(before: ":")
        guard !password.isEmpty else { throw .userWithoutPassword }
        let secret = try decode(password.dropFirst())
        if user.isEmpty, secret.isEmpty { return (nil, place) }
        guard !secret.isEmpty else { throw .emptyPassword }
        return (RedisCredentials(user: user.isEmpty ? nil : try decode(user), password: secret), place)
    }

    private static func hostAndPort(of place: Substring) throws(RedisAddressError) -> (String, Int) {
        if place.hasPrefix("[") {
            let (host, rest) = place.dropFirst().split(before: "]")
            guard !host.isEmpty, !rest.isEmpty, host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
            else { throw .host }
            return (String(host), try port(rest.dropFirst()))
        }
        let (host, rest) = place.split(before: ":")
        guard !host.isEmpty, host.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" })
        else { throw .host }
        return (String(host), try port(rest))
    }

    /// Reads `[:port]`.
    private static func port(_ text: Substring) throws(RedisAddressError) -> Int {
        if text.isEmpty { return 6379 }
        guard text.hasPrefix(":") else { throw .port }
        return try number(text.dropFirst(), in: 1...65535, else: .port)
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

extension Substring {
    /// What follows a prefix; nil without it.
    fileprivate func dropping(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }

    /// The part before the first of some characters, and the part from it on.
    fileprivate func split(before characters: Character...) -> (Substring, Substring) {
        let index = firstIndex(where: characters.contains) ?? endIndex
        return (self[..<index], self[index...])
    }
}

/// What is wrong with a Redis URL. Never says any part of it: it can hold a password.
package enum RedisAddressError: String, CaseIterable, Error, CustomStringConvertible {
    case scheme = "a redis URL starts with redis://, rediss:// (TLS) or unix://"
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
    case database = "the database of the redis URL is not a number from 0 to 2147483647"
    case path = "the path of a unix:// URL is absolute and at most 107 bytes: unix:///run/redis/redis.sock"
    case parameter = "the one parameter that a redis URL can have is db, on unix:// only: unix:///path?db=1"

    package var description: String { rawValue }
}
