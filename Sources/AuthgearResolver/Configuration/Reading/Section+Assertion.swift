import Authentication
import Bytes
import JOSE

extension Section {
    /// Reads what is asserted to backends, and by which key.
    func readAssertion(into configuration: inout Configuration) {
        section("assertion") { section in
            var (header, lifetime) = (HeaderName.assertion, Duration.seconds(300))
            section.read("header", as: .assertionHeader, into: &header)
            if configuration.holds(header: header) {
                section.refuse(
                    "header", "is a header that has another meaning", allowed: "a header of its own")
            }
            let key = section.signingKey("key_file", isNeeded: true)
            let next = section.signingKey("next_key_file", isNeeded: false)
            let issuer = section.required("issuer", as: .issuer)
            let audiences = section.list("audiences", as: .audience, count: 1...100)
            if !section.has("audiences") {
                section.missing("audiences", allowed: "a list of 1 to 100, each \(Form.audience.allowed)")
            }
            section.read("lifetime", as: .wholeSeconds(.seconds(1) ... .seconds(86_400)), into: &lifetime)
            guard let key, let issuer, let audiences else { return }
            configuration.assertion = Configuration.Assertion(
                header: header, key: key, next: next, issuer: issuer, audiences: audiences, lifetime: lifetime)
        }
    }

    /// The most that a file of a key may hold.
    private static var maximumKeyBytes: Int { 64 << 10 }
    private static var allowedKey: String {
        "a PEM file with a private key for P-256 or Ed25519 and no pass phrase, as openssl genpkey -algorithm ed25519 makes it"
    }

    /// The private key in the file that a value names; nil when it is absent or was refused. No byte of it is shown.
    private func signingKey(_ name: String, isNeeded: Bool) -> (SigningKey, file: String)? {
        let path = isNeeded ? required(name, as: .path) : optional(name, as: .path)
        guard let path else { return nil }
        let file = dependency(path)
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try File.contents(of: file, limit: Self.maximumKeyBytes)
        } catch {
            refuse(name, "\(file) can't be read: \(error)", allowed: Self.allowedKey)
            return nil
        }
        do throws(SigningKeyError) {
            return (try SigningKey(pem: bytes.span.bytes), file)
        } catch {
            let problem =
                switch error {
                case .ofOtherType: "has a key for neither P-256 nor Ed25519"
                case .unreadable, .notGenerated, .notSigned: "has no private key that can be used without a pass phrase"
                }
            refuse(name, "\(file) \(problem)", allowed: Self.allowedKey)
            return nil
        }
    }
}

extension Configuration {
    /// Whether a header has a meaning already.
    fileprivate func holds(header: String) -> Bool {
        let isClaim = issuers.contains { $0.headerNames.contains(header) }
        return isClaim || [tokens.own?.header, csrf?.header, clientCertificate?.header].contains(header)
    }
}

extension Form where Value == String {
    /// The header that holds an assertion: ours, or another one that answers may have.
    fileprivate static var assertionHeader: Form {
        Form(allowed: "\(HeaderName.assertion), or \(HeaderName.allowed)") { text throws(Misfit) in
            guard text != HeaderName.assertion else { return text }
            if let problem = HeaderName.problem(withRead: text) { throw Misfit(problem) }
            return text
        }
    }
}

extension Form where Value == Duration {
    /// A duration within a range, of which times in seconds are made.
    fileprivate static func wholeSeconds(_ range: ClosedRange<Duration>) -> Form {
        let form = Form.duration(range)
        return Form(allowed: "\(form.allowed), in whole seconds") { text throws(Misfit) in
            let duration = try form.parse(text)
            guard duration.components.attoseconds == 0 else { throw Misfit("is not in whole seconds") }
            return duration
        }
    }
}
