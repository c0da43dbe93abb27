/// Traefik's configuration, static and dynamic, as far as it is seen.
struct TraefikTree {
    /// A name with what it stands for.
    typealias Entry = (key: String, value: ConfigNode)

    let statics: [ConfigNode]
    let dynamics: [ConfigNode]

    init(_ documents: [ConfigNode], of file: String, run: inout LintRun) {
        statics = documents.filter { $0["entryPoints"] ?? $0["providers"] != nil }
        var dynamics = documents.filter { $0["http"] ?? $0["tcp"] != nil || $0["kind"]?.text == "Middleware" }
        for root in statics {
            guard let provider = root["providers", "file"] else { continue }
            dynamics += Self.provided(by: provider, beside: file, run: &run)
        }
        self.dynamics = dynamics
    }

    /// What the provider of files has. Traefik's paths start where it was started, which is not known: then they start at the folder
    /// that the static configuration is in.
    private static func provided(by provider: ConfigNode, beside file: String, run: inout LintRun) -> [ConfigNode] {
        if let path = provider["filename"]?.text {
            let near = path.fileName.path(from: file.folder)
            let places = path.hasPrefix("/") ? [path, near] : [path.path(from: file.folder), near, path]
            guard let (path, text) = run.first(of: places.filter { $0 != file }) else {
                run.report.note(at: provider["filename"]?.spot ?? provider.spot, "\(path) can't be read")
                return []
            }
            guard !path.hasSuffix(".toml") else {
                run.report.note(at: provider.spot, "\(path) is TOML, which is not read")
                return []
            }
            return run.documents(in: text, of: path)
        }
        guard let folder = provider["directory"]?.text else { return [] }
        let patterns = [folder, folder.path(from: file.folder)].flatMap { ["\($0)/*.yaml", "\($0)/*.yml"] }
        let paths = Set(patterns.flatMap { run.files.matches($0) }).subtracting([file]).sorted()
        if paths.isEmpty {
            run.report.note(at: provider["directory"]?.spot ?? provider.spot, "\(folder) has no file that can be read")
        }
        return paths.flatMap { path -> [ConfigNode] in
            guard case .success(let text) = run.read(path) else { return [] }
            return run.documents(in: text, of: path)
        }
    }

    func entries(_ section: String) -> [Entry] { dynamics.flatMap { $0["http", section]?.members ?? [] } }

    /// Middlewares by name, those of Kubernetes' resources included.
    var middlewares: [Entry] {
        entries("middlewares")
            + dynamics.filter { $0["kind"]?.text == "Middleware" }.compactMap { resource -> Entry? in
                guard let spec = resource["spec"] else { return nil }
                return (resource["metadata", "name"]?.text ?? "", spec)
            }
    }

    var routers: [Entry] { entries("routers") }

    func entry(_ section: String, _ name: String) -> ConfigNode? {
        let name = Self.plain(name)
        return (section == "middlewares" ? middlewares : entries(section)).first { $0.key == name }?.value
    }

    /// Without the provider, where that is the one of files.
    private static func plain(_ name: String) -> String {
        name.hasSuffix("@file") ? String(name.dropLast(5)) : name
    }

    var entryPoints: [Entry] { statics.flatMap { $0["entryPoints"]?.members ?? [] } }

    typealias Chain = [(name: String, value: ConfigNode?)]

    /// The middlewares that a request passes, in order, those of its entry points first; nil in place of one that is defined elsewhere. There
    /// is one chain, or one for each of the parents by which a request comes.
    func chains(of router: ConfigNode) -> [Chain] { chains(of: router, depth: 0) }

    /// - Parameter depth: how many routers it is the child of.
    private func chains(of router: ConfigNode, depth: Int) -> [Chain] {
        let own = (router["middlewares"]?.texts ?? []).flatMap { resolve($0) }
        if let parents = router["parentRefs"]?.texts, !parents.isEmpty, depth < 4 {
            let before = parents.prefix(16).flatMap { parent -> [Chain] in
                entry("routers", parent).map { chains(of: $0, depth: depth + 1) } ?? [[(parent, nil)]]
            }
            return before.prefix(64).map { $0 + own }
        }
        let points = router["entryPoints"]?.texts
        let common = entryPoints.filter { points == nil || points?.contains($0.key) == true }
            .flatMap { $0.value["http", "middlewares"]?.texts ?? [] }
        return [common.flatMap { resolve($0) } + own]
    }

    private func resolve(_ name: String, depth: Int = 0) -> [(name: String, value: ConfigNode?)] {
        guard let middleware = entry("middlewares", name), depth < 16 else { return [(name, nil)] }
        guard let chained = middleware["chain", "middlewares"]?.texts else { return [(name, middleware)] }
        return chained.flatMap { resolve($0, depth: depth + 1) }
    }
}

/// A `forwardAuth`.
struct TraefikQuestion {
    let name: String
    let node: ConfigNode

    /// Nil for another middleware, and for one that asks somebody else.
    init?(_ name: String, _ middleware: ConfigNode) {
        guard let node = middleware["forwardAuth"] else { return nil }
        (self.name, self.node) = (name, node)
        let address = node["address"]?.text ?? ""
        let isOurs =
            OurNames.path(of: address).map { OurNames.isQuestion(path: $0) } == true
            || (name + address).mentions("authgear")
            || (node["authResponseHeaders"]?.texts ?? []).contains { $0.mentions("x-authgear") }
        guard isOurs else { return nil }
    }

    var address: String { node["address"]?.text ?? "" }
    var port: Substring? { OurNames.authority(of: address).split(separator: ":").last }
}

extension ConfigNode {
    /// The names that a `headers` middleware takes away from requests; nil for another one.
    var traefikClears: [String]? {
        guard let fields = self["headers", "customRequestHeaders"]?.members else { return nil }
        return fields.filter { $0.value.text?.isEmpty != false }.map { $0.key.lowercased() }
    }

    /// Whether a middleware takes some of the resolver's names away.
    var clearsOurs: Bool { traefikClears?.contains { $0.hasPrefix("x-authgear-") } == true }

    /// Whether a middleware asks the resolver.
    var isQuestion: Bool { TraefikQuestion("", self) != nil }

    var isOurs: Bool { isQuestion || clearsOurs }
}
