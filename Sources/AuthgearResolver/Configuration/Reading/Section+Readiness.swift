import Yams

extension Section {
    /// Reads `admin.ready.require`: a word, or a list of issuers and `store`.
    func readRequirement(into rule: inout ReadinessRule) {
        guard node("require")?.node.sequence != nil else {
            return read("require", as: .readinessRule, into: &rule)
        }
        guard let names = list("require", as: .issuer, count: 1...1001) else { return }
        rule = .listed(issuers: Set(names).subtracting([storeName]), store: names.contains(storeName))
    }
}

/// How the list names the session store.
private let storeName = "store"

extension Form where Value == ReadinessRule {
    fileprivate static var readinessRule: Form {
        Form(allowed: "any, all, or a list of issuers and \(storeName)") { text throws(Misfit) in
            switch text {
            case "any": return .any
            case "all": return .all
            default: throw Misfit("is none of these" + Spelling.question(about: text, among: ["any", "all"]))
            }
        }
    }
}

extension Configuration {
    /// What has to be there has to be configured: a name that nothing has would never be.
    func checkReadiness(from root: Section) {
        guard case .listed(let issuers, let store) = admin.ready else { return }
        let known = Set(self.issuers.map(\.identifier))
        let key = "admin.ready.require"
        let place = root.reader.places[key] ?? root.place
        for name in issuers.subtracting(known).sorted() {
            root.reader.refuse(
                at: place, key: key, "\(Reader.quote(name)) is no issuer of this file",
                allowed: "identifiers of issuers, and \(storeName)")
        }
        if store, case .none = sessions.store {
            root.reader.refuse(
                at: place, key: key, "\(storeName) is listed, and there is none",
                allowed: "identifiers of issuers, or a sessions.store")
        }
    }
}
