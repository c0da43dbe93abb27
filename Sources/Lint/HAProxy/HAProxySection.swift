/// A proxy: `frontend`, `backend` or `listen`, with the defaults that hold for it.
struct HAProxySection {
    let directive: Directive
    let defaults: [Directive]

    var kind: String { directive.name }
    var name: String { directive.argument(0) }
    var spot: Spot { directive.spot }
    var own: [Directive] { directive.block ?? [] }

    /// The proxies of a configuration.
    static func all(in sections: [Directive]) -> [HAProxySection] {
        var (found, defaults) = ([HAProxySection](), [Directive]())
        var named: [String: [Directive]] = [:]
        for section in sections {
            switch section.name {
            case "defaults":
                defaults = section.block ?? []
                if let from = section.words.firstIndex(of: "from"), section.words.indices.contains(from + 1) {
                    defaults = (named[section.words[from + 1]] ?? []) + defaults
                }
                named[section.argument(0)] = defaults
            case "frontend", "backend", "listen":
                let from = section.words.firstIndex(of: "from").flatMap { index in
                    section.words.indices.contains(index + 1) ? named[section.words[index + 1]] : nil
                }
                found.append(HAProxySection(directive: section, defaults: from ?? defaults))
            default: break
            }
        }
        return found
    }

    /// The last directive that begins with these words, of its own or of the defaults.
    func setting(_ words: String...) -> Directive? {
        own.last { $0.words.starts(with: words) } ?? defaults.last { $0.words.starts(with: words) }
    }

    /// `frontend web`: a backend may have the name of a frontend.
    var title: String { "\(kind) \(name)" }

    /// What ends a connection to a server behind each request; the last of these options holds.
    var closing: Directive? {
        let modes = ["http-keep-alive", "http-server-close", "httpclose"]
        let said = { (directives: [Directive]) in
            directives.last { line in
                line.words.firstIndex(of: "option").map { modes.contains(line.argument($0)) } == true
            }
        }
        guard let mode = said(own) ?? said(defaults), mode.name == "option" else { return nil }
        return mode.argument(0) == "http-keep-alive" ? nil : mode
    }

    /// Whether clients of other machines can't reach it.
    var isLocal: Bool {
        addresses.allSatisfy { address in
            ["127.", "localhost:", "::1:", "[::1]:", "ipv4@127.", "/", "unix@", "abns@"].contains {
                address.hasPrefix($0)
            }
        }
    }

    /// Whether its name says that it leads to the resolver.
    var isNamedResolver: Bool { Self.namesResolver(name) }

    static func namesResolver(_ name: String) -> Bool { name.contains("authgear-resolver") || name == "authgear" }

    /// Without `mode`, HAProxy's own is TCP; rules for requests say that HTTP is meant.
    var isHTTP: Bool { setting("mode").map { $0.argument(0) == "http" } ?? !rules.isEmpty }
    var isFrontend: Bool { kind != "backend" }
    var hasServers: Bool {
        kind != "frontend"
            && own.contains { ["server", "server-template", "use-server", "dispatch"].contains($0.name) }
    }

    /// Conditions by their names.
    var conditions: [Directive] { (defaults + own).filter { $0.name == "acl" } }

    /// The rules for requests, in order.
    var rules: [Directive] { (defaults + own).filter { $0.name == "http-request" } }

    /// The names of the backends that it passes requests to.
    var targets: [String] {
        own.filter { ["default_backend", "use_backend"].contains($0.name) }.map { $0.argument(0) }
    }

    /// The addresses that it listens on.
    var addresses: [String] { own.filter { $0.name == "bind" }.map { $0.argument(0) } }
}

extension Directive {
    /// Whether it has HAProxy answer with a page, or lead to one, in place of its own with that status.
    func isPage(for status: String) -> Bool {
        ["errorfile", "errorloc", "errorloc302", "errorloc303"].contains(name) && argument(0) == status
    }
}
