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
