import Authentication
import Bytes
import HTTP1
import JOSE
import Questions

extension Section {
    /// Reads what is about clients that are browsers: where their own request stands, forged requests, and the log-in.
    func readBrowsers(into configuration: inout Configuration) {
        read("original", as: .choice, into: &configuration.original)
        read("preflight", as: .choice, into: &configuration.preflight)
        section("csrf") { section in
            let origins = section.list("origins", as: .origin, count: 1...100) ?? []
            var token: CSRFRules.Token?
            var header: String?
            section.section("token") { section in
                token = section.required("cookie", as: .cookieName).map { CSRFRules.Token(cookie: $0) }
                header = section.required("header", as: .headerName)
            }
            if !section.has("origins"), !section.has("token") {
                section.missing("origins", allowed: "the origins that may send requests, or a token")
            }
            configuration.csrf = Configuration.CSRF(
                rules: CSRFRules(origins: origins, token: header == nil ? nil : token), header: header)
            section.refuseTaken(header, by: configuration)
        }
        section("login") { section in
            let url = section.required("url", as: .loginURL)
            let parameter = section.required("return", as: .parameterName)
            guard let url, let parameter else { return }
            configuration.login = LoginRules(url: url, returnParameter: parameter)
        }
        let needs = ["csrf", "login", "dpop"].filter(has) + (configuration.preflight == .allow ? ["preflight"] : [])
        for name in needs where configuration.original == .none {
            refuse(
                name, "does not know the client's own request",
                allowed: "original: nginx, traefik or envoy beside it, for a gateway that hands it on")
        }
    }

    /// Refuses a header that has another meaning already.
    private func refuseTaken(_ header: String?, by configuration: Configuration) {
        guard let header else { return }
        let isClaim = configuration.issuers.contains { $0.headerNames.contains(header) }
        if isClaim || [configuration.tokens.own?.header, configuration.clientCertificate?.header].contains(header) {
            refuse("token", "names the header \(header), which has another meaning", allowed: "a header of its own")
        }
    }
}

extension Form where Value == String {
    /// An origin as browsers write it (RFC 6454 section 6.2).
    fileprivate static var origin: Form {
        let allowed = "an origin as browsers write it, such as https://app.example.com or http://localhost:3000"
        return Form(allowed: allowed) { text throws(Misfit) in
            let host = ["https://", "http://"].first(where: text.hasPrefix).map { text.dropFirst($0.count) }
            guard let host, let url = try? FetchURL("https://\(host)"), url.authority == host, url.target == "/" else {
                throw Misfit("is not an origin")
            }
            return text
        }
    }

    /// A cookie's name (RFC 6265 section 4.1.1).
    static var cookieName: Form {
        Form(allowed: "1 to 64 of the letters, the digits and !#$%&'*+-.^_`|~") { text throws(Misfit) in
            guard (1...64).contains(text.utf8.count) else { throw Misfit(text.isEmpty ? "is empty" : "is too long") }
            return try Form<String>.cookiePrefix.parse(text)
        }
    }

    /// The name of a header in which a value of the configuration's is looked for.
    static var headerName: Form {
        Form(allowed: HeaderName.allowed) { text throws(Misfit) in
            if let problem = HeaderName.problem(withRead: text) { throw Misfit(problem) }
            return text
        }
    }

    /// Where to log in; the parameters that are added stand behind its query.
    fileprivate static var loginURL: Form {
        Form(allowed: "an https URL (http on loopback) without fragment, of at most 2048 bytes") {
            text throws(Misfit) in
            let url = try Form<String>.keyURL.parse(text)
            guard url.utf8.count <= 2048 else { throw Misfit("is too long") }
            guard url.utf8.allSatisfy(\.isVisible), !url.contains("#") else {
                throw Misfit("has a fragment or a space")
            }
            return url
        }
    }

    fileprivate static var parameterName: Form {
        Form(allowed: "1 to 64 letters, digits and -._~") { text throws(Misfit) in
            let isName = text.utf8.allSatisfy { byte in
                byte.isDigit || (0x61...0x7A).contains(byte | 0x20) && byte.isTokenCharacter
                    || "-._~".utf8.contains(byte)
            }
            guard (1...64).contains(text.utf8.count), isName else { throw Misfit("is not a parameter's name") }
            return text
        }
    }
}
