import Authentication
import JOSE

extension Section {
    /// Reads by what the senders of bound tokens prove that they have their keys.
    func readProofs(into configuration: inout Configuration) {
        section("dpop") { section in
            let origins = section.list("origins", as: .proofOrigin, count: 1...100)
            let algorithms = section.list("algorithms", as: .algorithm, count: 1...10)
            var rules = DPoPRules(origins: origins ?? [])
            if let algorithms { rules.algorithms = algorithms }
            section.read("max_age", as: .duration(.seconds(1) ... .seconds(600)), into: &rules.maximumAge)
            if !section.has("origins") {
                section.missing("origins", allowed: "the origins that clients ask, such as https://api.example.com")
            }
            configuration.dpop = rules
        }
        section("client_certificate") { section in
            let header = section.required("header", as: .headerName)
            let format = section.required("format", as: .choice as Form<ClientCertificateRules.Format>)
            guard let header, let format else { return }
            configuration.clientCertificate = Configuration.ClientCertificate(
                header: header, rules: ClientCertificateRules(format: format))
            let isClaim = configuration.issuers.contains { $0.headerNames.contains(header) }
            if isClaim || configuration.tokens.own?.header == header {
                section.refuse("header", "has another meaning", allowed: "a header of its own")
            }
        }
    }
}

extension Form where Value == Origin {
    /// What the URIs begin with that proofs are for (RFC 9449 section 4.2, `htu`).
    fileprivate static var proofOrigin: Form {
        let allowed = "an https or http origin without a path, such as https://api.example.com"
        return Form(allowed: allowed) { text throws(Misfit) in
            guard let origin = Origin(text) else { throw Misfit("is not an origin") }
            return origin
        }
    }
}
