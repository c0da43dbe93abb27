import Bytes
import JOSE
import Questions
import Yams

extension Configuration.Introspection {
    /// Nil when a key that has to be there could not be read.
    init?(from section: Section) {
        let limits = Configuration.AskLimits(from: section)
        let form = Form<FetchURL>.askedURL(isInsecureAllowed: limits.isInsecure, "tokens")
        let endpoint = section.optional("endpoint", as: form)
        let tokenEndpoint = section.optional("token_endpoint", as: form)
        var client: ClientCredentials?
        section.section("client") { client = ClientCredentials(from: $0) }
        if !section.has("client") { section.missing("client", allowed: "id and secret of a client of the issuer's") }
        // Without a client the rest is read all the same, for what is wrong with it.
        self.init(client: client ?? ClientCredentials(id: "", secret: ""))
        (self.limits, self.endpoint, self.tokenEndpoint) = (limits, endpoint, tokenEndpoint)
        section.read("for", as: .choice, into: &scope)
        if let list = section.list("clients", as: .audience, count: 1...100) { clients = list }
        subject = section.place("subject", for: .text)
        prefix = section.optional("prefix", as: .tokenPrefix)
        section.read("max_age", as: .duration(.milliseconds(100) ... .seconds(3_600)), into: &maxAge)
        section.read("inactive_max_age", as: .duration(.zero ... .seconds(600)), into: &inactiveMaxAge)
        section.read("probe", as: .flag, into: &probes)
        if probes, client?.method == .bearer {
            section.refuse(
                "probe", "gets a token by id and secret, which client.method: bearer does not send",
                allowed: "false, or client.method: basic or post")
        }
        if client == nil { return nil }
    }

    /// Refuses what does not go together with the rest of an issuer.
    func check(in section: Section, of issuer: Configuration.Issuer, besides others: [Configuration.Issuer]) {
        let name = "introspection"
        let key = endpoint == nil ? "endpoint" : probes && tokenEndpoint == nil ? "token_endpoint" : nil
        section.checkDiscovery(of: issuer, for: key, in: name)
        if scope == .all, issuer.sessionCheck == .grant {
            section.refuse(
                name, "is for all tokens, and session_check: grant has them end with their sessions",
                allowed: "for: opaque, or session_check: none")
        }
        if scope == .all, !issuer.hasKeys {
            section.refuse(name, "is for JWTs too, and jwks_uri: none lets nobody verify them", allowed: "for: opaque")
        }
        for other in others {
            guard let theirs = other.introspection, theirs.prefix == prefix else { continue }
            let words = prefix == nil ? "has no prefix, as that of" : "has the same prefix as that of"
            section.refuse(
                name, "\(words) the issuer \(other.identifier), so that nobody knows which of them to ask",
                allowed: "at most one issuer without prefix, and each prefix once")
        }
    }
}

extension Section {
    /// Whether an issuer's introspection answers may be told by their client.
    var hasClients: Bool {
        node("introspection")?.node.mapping?.contains { $0.key.scalar?.string == "clients" } ?? false
    }
}

extension ClientCredentials {
    fileprivate init?(from section: Section) {
        let id = section.required("id", as: .clientText(isSecret: false))
        var method = Method.basic
        section.read("method", as: .choice, into: &method)
        let secret = section.required("secret", as: method == .privateKey ? .clientKey : .clientText(isSecret: true))
        guard let id, let secret else { return nil }
        self.init(id: id, secret: secret, method: method)
    }
}

extension Form where Value == String {
    /// What a client calls itself, or shows that it is (RFC 6749 appendix A.1 and A.2).
    fileprivate static func clientText(isSecret: Bool) -> Form {
        Form(allowed: "1 to 4096 printable ASCII characters", isSecret: isSecret) { text throws(Misfit) in
            guard !text.isEmpty else { throw Misfit("is empty") }
            guard text.utf8.count <= 4_096 else { throw Misfit("is too long") }
            guard text.utf8.allSatisfy(\.isPrintable) else {
                throw Misfit("has a character that is not printable ASCII")
            }
            return text
        }
    }

    /// The private key by which a client shows that it is itself (RFC 7523).
    fileprivate static var clientKey: Form {
        let allowed =
            "a private key in PEM without pass phrase, for P-256, Ed25519 or RSA, such as \"${file:client.pem}\""
        return Form(allowed: allowed, isSecret: true) { text throws(Misfit) in
            guard ClientCredentials(id: "", secret: text, method: .privateKey).isUsable else {
                throw Misfit("is no private key that can be used")
            }
            return text
        }
    }

    /// What tokens begin with.
    fileprivate static var tokenPrefix: Form {
        Form(allowed: "1 to 64 visible ASCII characters") { text throws(Misfit) in
            guard (1...64).contains(text.utf8.count) else { throw Misfit(text.isEmpty ? "is empty" : "is too long") }
            guard text.utf8.allSatisfy(\.isVisible) else {
                throw Misfit("has a character that is not visible ASCII")
            }
            guard !text.hasPrefix("agr_") else {
                throw Misfit("is that of API tokens, which nobody else is asked about")
            }
            return text
        }
    }
}

extension Form where Value == String? {
    /// Where keys are fetched; nil: the issuer has none.
    static var keyURLOrNone: Form {
        Form(allowed: "\(Form<String>.keyURL.allowed), or none") { text throws(Misfit) in
            text == "none" ? nil : try Form<String>.keyURL.parse(text)
        }
    }
}
