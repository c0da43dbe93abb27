import Authentication
import Bytes
import JOSE
import Questions

extension Section {
    /// Reads the cookies whose sessions other servers know.
    ///
    /// - Parameter taken: the names that are Authgear's, and what they are for.
    func readCookies(into cookies: inout [Configuration.Cookie], besides taken: [String]) {
        sections("cookies", count: 1...16) { section in
            guard let cookie = Configuration.Cookie(from: section) else { return }
            if cookies.contains(where: { $0.name == cookie.name }) {
                return section.refuse("name", "is configured twice", allowed: "each cookie once")
            }
            if taken.contains(cookie.name) {
                return section.refuse(
                    "name", "is a cookie of Authgear's", allowed: "another cookie, or another sessions.cookie_prefix")
            }
            cookies.append(cookie)
        }
    }
}

extension Configuration.Cookie {
    /// Nil when a key that has to be there could not be read.
    fileprivate init?(from section: Section) {
        let limits = Configuration.AskLimits(from: section)
        let name = section.required("name", as: .cookieName)
        let ask = section.required("ask", as: .askedURL(isInsecureAllowed: limits.isInsecure, "cookies"))
        var (places, hasUser) = (ClaimPlaces.none, false)
        section.section("claims") { section in
            hasUser = section.has("user_id")
            if !hasUser { section.missing("user_id", allowed: "where an answer says who the user is") }
            _ = section.readFields(into: &places)
        }
        if !section.has("claims") {
            section.missing("claims.user_id", allowed: "where an answer says who the user is")
        }
        let refusals = section.claimPaths("refuse_when")
        var maxAge = Duration.seconds(30)
        section.read("max_age", as: .duration(.milliseconds(100) ... .seconds(3_600)), into: &maxAge)
        guard let name, let ask, hasUser else { return nil }
        self.init(name: name, ask: ask, claims: ClaimMapping(places))
        (self.refusals, self.maxAge, self.limits) = (refusals, maxAge, limits)
    }
}

extension Configuration.AskLimits {
    init(from section: Section) {
        self.init()
        section.read("insecure", as: .flag, into: &isInsecure)
        section.read("timeout", as: .duration(.milliseconds(10) ... .seconds(60)), into: &timeout)
        section.read("connections", as: .count(1...1_024), into: &connections)
        section.read("waiting", as: .count(1...1_000_000), into: &waiting)
    }
}

extension Configuration.Userinfo {
    /// Nil when a key that has to be there could not be read.
    ///
    /// - Parameter claims: what is asked for.
    init(from section: Section, for claims: UserinfoClaims) {
        self.init(for: claims)
        limits = Configuration.AskLimits(from: section)
        endpoint = section.optional("endpoint", as: .askedURL(isInsecureAllowed: limits.isInsecure, "tokens"))
        section.read("max_age", as: .duration(.milliseconds(100) ... .seconds(3_600)), into: &maxAge)
        section.read("missing", as: .choice, into: &missing)
    }

    /// Refuses what does not go together with the rest of an issuer.
    func check(in section: Section, of issuer: Configuration.Issuer) {
        let name = "userinfo"
        section.checkDiscovery(of: issuer, for: endpoint == nil ? "endpoint" : nil, in: name)
        if issuer.sessionCheck == .grant {
            section.refuse(
                name, "completes tokens, and session_check: grant has their sessions' records say what they lack",
                allowed: "no section userinfo, or session_check: none")
        }
        if !issuer.hasKeys, issuer.introspection == nil {
            section.refuse(
                name, "is for tokens that were checked, and nothing checks this issuer's",
                allowed: "keys, or a section introspection")
        }
    }
}

extension Section {
    /// Refuses a section for an endpoint that it does not name and discovery can't find.
    ///
    /// - Parameter key: the endpoint's; nil: all are named.
    func checkDiscovery(of issuer: Configuration.Issuer, for key: String?, in name: String) {
        guard let key else { return }
        do throws(Misfit) {
            _ = try Form<String>.discoverableIssuer.parse(issuer.identifier)
        } catch {
            refuse(
                name, "has no \(key), and discovery can't find it: the issuer \(error.predicate)",
                allowed: "with a \(key), or an issuer that is an https URL")
        }
    }
}

extension Form where Value == FetchURL {
    /// A URL at which a server is asked about credentials.
    static func askedURL(isInsecureAllowed: Bool, _ credentials: String) -> Form {
        Form(allowed: "an https URL; http on loopback, or with insecure: true") { text throws(Misfit) in
            do throws(FetchURL.Problem) {
                return try FetchURL(text, isInsecureAllowed: isInsecureAllowed)
            } catch .insecure {
                throw Misfit("is http on a host that is not loopback, where \(credentials) could be read on the way")
            } catch {
                throw Misfit("is not an https URL")
            }
        }
    }
}
