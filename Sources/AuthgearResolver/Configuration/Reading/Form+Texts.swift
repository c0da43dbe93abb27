import Bytes
import EventLoop
import JOSE
import KeySets
import Questions
import Redis
import Worker

extension Form where Value == String {
    /// The identifier of an issuer whose keys are found through it (OpenID Connect Discovery 1.0 section 3): an https URL
    /// without query and fragment.
    static var discoverableIssuer: Form {
        let allowed =
            "an https URL without query and fragment (http on loopback), or, with jwks_uri or jwks_file, any text"
        return Form(allowed: allowed) { text throws(Misfit) in
            try checkURL(text)
            guard !text.contains("?"), !text.contains("#") else { throw Misfit("has a query or a fragment") }
            return text
        }
    }

    /// The identifier of an issuer whose keys are elsewhere: any StringOrURI (RFC 7519 section 4.1.1). One with control
    /// characters would spoil what the operator reads.
    static var issuer: Form {
        Form(allowed: "a text of 1 to 1024 bytes without control characters") { text throws(Misfit) in
            try checkLength(text)
            let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            guard isPlain else { throw Misfit("has a control character") }
            return text
        }
    }

    /// Where keys are fetched.
    static var keyURL: Form {
        Form(allowed: "an https URL (http on loopback)") { text throws(Misfit) in
            try checkURL(text)
            return text
        }
    }

    private static func checkURL(_ text: String) throws(Misfit) {
        do throws(FetchURL.Problem) {
            _ = try FetchURL(text)
        } catch .insecure {
            throw Misfit("is http on a host that is not loopback")
        } catch {
            throw Misfit("is not an https URL")
        }
    }

    static var audience: Form {
        Form(allowed: "a text of 1 to 1024 bytes") { text throws(Misfit) in
            try checkLength(text)
            return text
        }
    }

    private static func checkLength(_ text: String) throws(Misfit) {
        guard !text.isEmpty else { throw Misfit("is empty") }
        guard text.utf8.count <= 1024 else { throw Misfit("is too long") }
    }

    /// `sessions.app_id`, which stands in the store's keys.
    static var appID: Form {
        Form(allowed: "1 to 128 visible ASCII characters") { text throws(Misfit) in
            guard !text.isEmpty else { throw Misfit("is empty") }
            guard text.utf8.count <= 128 else { throw Misfit("is too long") }
            guard text.utf8.allSatisfy(\.isVisible) else {
                throw Misfit("has a character that is not visible ASCII")
            }
            return text
        }
    }

    /// What stands before a cookie's name: characters of an RFC 6265 section 4.1.1 cookie-name, or nothing.
    static var cookiePrefix: Form {
        let allowed = "at most 64 of the letters, the digits and !#$%&'*+-.^_`|~"
        return Form(allowed: allowed) { text throws(Misfit) in
            guard text.utf8.count <= 64 else { throw Misfit("is too long") }
            guard text.utf8.allSatisfy(\.isTokenCharacter) else {
                throw Misfit("has a character that a cookie name can't have")
            }
            return text
        }
    }

    /// The domain that a cookie is for (RFC 6265 section 4.1.2.3).
    static var cookieDomain: Form {
        Form(allowed: "a host name such as example.com") { text throws(Misfit) in
            guard let url = try? FetchURL("https://\(text)"), url.host == text.lowercased(), url.target == "/",
                url.host.contains(where: \.isLetter), !url.host.hasPrefix("[")
            else { throw Misfit("is not a host name") }
            return text
        }
    }

    /// What a server's certificate is for (RFC 6125 section 6.4): a name.
    static var serverName: Form {
        Form(allowed: "a host name such as redis.internal; addresses stand in the URL") { text throws(Misfit) in
            guard let url = try? FetchURL("https://\(text)"), url.host == text.lowercased(), url.target == "/" else {
                throw Misfit("is not a host name")
            }
            guard !url.host.hasPrefix("["), url.host.contains(where: \.isLetter) else {
                throw Misfit("is an IP address")
            }
            return text
        }
    }

    static var path: Form {
        Form(allowed: "a path; a relative one starts at the folder of this file") { text throws(Misfit) in
            guard !text.isEmpty else { throw Misfit("is empty") }
            guard !text.utf8.contains(0) else { throw Misfit("has a zero byte") }
            return text
        }
    }
}

extension Form where Value == Bool {
    static var flag: Form {
        Form(allowed: "true, false") { text throws(Misfit) in
            switch text {
            case "true": return true
            case "false": return false
            default: throw Misfit("is neither true nor false")
            }
        }
    }
}

extension Form where Value == ListenAddress {
    /// Where to listen.
    static var listenAddress: Form {
        Form(allowed: "address:port such as 127.0.0.1:4180 or [::1]:4180, or unix:/path") { text throws(Misfit) in
            if UInt16(text) != nil { throw Misfit("is a port alone, did you mean 127.0.0.1:\(text)?") }
            do throws(ListenAddressError) {
                return try ListenAddress(text)
            } catch {
                throw Misfit("\(error)")
            }
        }
    }
}

extension Form where Value == RedisAddress {
    /// Where Redis is, with user and password.
    static var redisURL: Form {
        let allowed =
            "redis://[user:password@]host[:port][/database], redis-sentinel://[user:password@]host[:port][,host…]/service[/database], rediss… for TLS, valkey… in their place, or unix:///path"
        return Form(allowed: allowed, isSecret: true, isURL: true) { text throws(Misfit) in
            do throws(RedisAddressError) {
                return try RedisAddress(url: text)
            } catch {
                throw Misfit("is not a Redis URL: \(error)")
            }
        }
    }
}

extension Form where Value == [UInt8] {
    /// A user or a password of Redis; nothing is none.
    static func redisSecret(isSecret: Bool) -> Form {
        Form(allowed: "a text of at most 4096 bytes", isSecret: isSecret) { text throws(Misfit) in
            guard text.utf8.count <= 4096 else { throw Misfit("is too long") }
            return Array(text.utf8)
        }
    }
}

extension RedisAddress {
    /// Reads the Sentinels' own user and password. They mean nothing to an address without Sentinels.
    mutating func readSentinelCredentials(from section: Section) {
        let user = section.optional("user", as: .redisSecret(isSecret: false)) ?? []
        let password = section.optional("password", as: .redisSecret(isSecret: true)) ?? []
        guard !password.isEmpty else {
            if !user.isEmpty { section.missing("password", allowed: Form<[UInt8]>.redisSecret(isSecret: true).allowed) }
            return
        }
        guard case .sentinels(var group) = endpoint else { return }
        group.credentials = RedisCredentials(user: user.isEmpty ? nil : user, password: password)
        endpoint = .sentinels(group)
    }
}

extension Form where Value == ProxyAddress {
    /// Where a proxy is, with user and password.
    static var proxyURL: Form {
        Form(allowed: "http://[user:password@]host[:port]", isSecret: true, isURL: true) { text throws(Misfit) in
            do throws(ProxyAddress.Problem) {
                return try ProxyAddress(text)
            } catch {
                throw Misfit("is not a proxy's URL: \(error)")
            }
        }
    }
}

extension Form where Value == UInt8 {
    /// What may stand between the items of a list in a header: a character that no item is made of.
    static var separator: Form {
        Form(allowed: "one character of printable ASCII that is no letter, digit, -, _ or .") { text throws(Misfit) in
            guard let byte = text.utf8.first, text.utf8.count == 1 else { throw Misfit("is not one ASCII character") }
            guard byte.isPrintable else { throw Misfit("is not printable: it would break the header") }
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                throw Misfit("occurs in the items that it should separate")
            default: return byte
            }
        }
    }
}

extension Form where Value == Algorithm {
    static var algorithm: Form {
        let allowed = Algorithm.names.map { "\($0.name)" }.joined(separator: ", ")
        return Form(allowed: allowed) { text throws(Misfit) in
            if let algorithm = Algorithm(where: { "\($0)" == text }) { return algorithm }
            let isForbidden = text.lowercased() == "none" || text.uppercased().hasPrefix("HS")
            throw Misfit(isForbidden ? "is never allowed" : "is no known algorithm")
        }
    }
}

extension Form where Value: CaseIterable & RawRepresentable<String> {
    /// One of the words of an enumeration.
    static var choice: Form {
        let words = Value.allCases.map(\.rawValue)
        return Form(allowed: words.joined(separator: ", ")) { text throws(Misfit) in
            guard let value = Value(rawValue: text) else {
                throw Misfit("is none of these" + Spelling.question(about: text, among: words))
            }
            return value
        }
    }
}
