import Authentication
import Bytes

extension Section {
    /// Reads the access policies.
    ///
    /// - Parameter challenge: what each challenge states besides.
    func readPolicies(into policies: inout [AccessPolicy], challenge: Challenge) {
        section("policies") { section in
            section.limit(to: 64, "policies")
            for name in section.names {
                section.section(name) { policy in
                    policies.append(AccessPolicy(name: name, from: policy))
                    policy.checkChallenges(of: policies[policies.count - 1], stating: challenge, in: section)
                }
                guard !Form<String>.isPolicyName(name) else { continue }
                section.refuse(
                    name, "is not a policy's name", allowed: "1 to 63 of a-z, 0-9 and -, the first one no -")
            }
        }
    }

    /// - Parameter parent: where the policy stands.
    private func checkChallenges(of policy: AccessPolicy, stating challenge: Challenge, in parent: Section) {
        let longest = policy.conditions.map { challenge.longest(Challenge.Error($0, of: policy)) }.max()
        guard let longest, longest > Challenge.maximumLength else { return }
        let isScopes = !policy.scopes.isEmpty
        guard isScopes || policy.contexts != nil else {
            return parent.refuse(
                policy.name, "makes a challenge of \(longest) bytes with what challenge states",
                allowed: "at most \(Challenge.maximumLength)")
        }
        refuse(
            isScopes ? "scopes" : "acr", "makes a challenge of \(longest) bytes",
            allowed: "at most \(Challenge.maximumLength)")
    }
}

extension AccessPolicy {
    fileprivate init(name: String, from section: Section) {
        self.init(name: name)
        credentials = section.list("credentials", as: .choice, count: 1...3)
        issuers = section.texts("issuers", as: .audience)
        audiences = section.texts("audiences", as: .audience)
        clients = section.texts("clients", as: .audience)
        section.read("bound", as: .flag, into: &isBound)
        isAnonymous = section.optional("anonymous", as: .flag)
        isVerified = section.optional("verified", as: .flag)
        scopes = section.texts("scopes", as: .scope) ?? []
        roles = section.texts("roles", as: .audience)
        contexts = section.texts("acr", as: .scope)
        authenticationMethods = section.texts("amr", as: .audience) ?? []
        maximumAge = section.optional("max_age", as: .wholeSeconds(.seconds(1) ... .seconds(365 * 86_400)))
    }
}

extension Section {
    fileprivate func texts(_ name: String, as form: Form<String>) -> [[UInt8]]? {
        list(name, as: form, count: 1...100)?.map { Array($0.utf8) }
    }
}

extension Form where Value == String {
    fileprivate static func isPolicyName(_ name: String) -> Bool {
        let isWord = { (byte: UInt8) in byte.isDigit || (0x61...0x7A).contains(byte) }
        return (1...63).contains(name.utf8.count) && name.utf8.first.map(isWord) ?? false
            && name.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") }
    }

    /// A scope (RFC 6749 section 3.3) or an authentication context class, which stands among others in a challenge.
    static var scope: Form {
        Form(allowed: "1 to 1024 visible ASCII characters without quotes and backslashes") { text throws(Misfit) in
            guard !text.isEmpty else { throw Misfit("is empty") }
            guard text.utf8.count <= 1024 else { throw Misfit("is too long") }
            guard text.utf8.allSatisfy(\.isScopeCharacter) else {
                throw Misfit("has a character that no scope has")
            }
            return text
        }
    }
}

extension Form where Value == String? {
    /// What stands between quotes in a challenge (RFC 9110 section 5.6.4).
    static var realm: Form {
        Form(allowed: "1 to 256 printable ASCII characters without quotes and backslashes") { text throws(Misfit) in
            guard (1...256).contains(text.utf8.count) else { throw Misfit(text.isEmpty ? "is empty" : "is too long") }
            guard text.utf8.allSatisfy({ $0.isPrintable && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
            else {
                throw Misfit("has a character that can't stand in a challenge")
            }
            return text
        }
    }

    /// Where the resource's metadata is (RFC 9728 section 3).
    static var metadataURL: Form {
        Form(allowed: "an https URL (http on loopback)") { text throws(Misfit) in
            let url = try Form<String>.keyURL.parse(text)
            guard url.utf8.count <= 512, url.utf8.allSatisfy({ $0.isVisible && $0 != UInt8(ascii: "\"") }) else {
                throw Misfit("can't stand in a challenge")
            }
            return url
        }
    }
}

extension Form where Value == Duration {
    /// A duration of whole seconds within a range.
    fileprivate static func wholeSeconds(_ range: ClosedRange<Duration>) -> Form {
        let duration = Form<Duration>.duration(range)
        return Form(allowed: duration.allowed + "; whole seconds") { text throws(Misfit) in
            let value = try duration.parse(text)
            guard value.components.attoseconds == 0 else { throw Misfit("is not whole seconds") }
            return value
        }
    }
}
