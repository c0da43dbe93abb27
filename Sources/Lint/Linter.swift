/// Finds in gateways' configurations what would let a client's own fields through, or turn an outage into something else
/// (docs/gateways.md, "What `lint` finds").
///
/// Takes the paths of configurations, and how files are read. Gives findings and what can't be judged, each with file and line.
/// Imports nothing.
package enum Linter {
    /// - Parameter kind: what all of the files are; nil: what each looks like.
    /// - Returns: why a file that is named here can't be read, in words; nil when all were.
    package static func judge(
        _ paths: [String], as kind: LintKind? = nil, run: inout LintRun
    ) -> [(path: String, error: LintFileError)] {
        var unread: [(path: String, error: LintFileError)] = []
        for path in paths {
            switch run.read(path) {
            case .failure(let error): unread.append((path, error))
            case .success(let text): judge(text, of: path, as: kind, run: &run)
            }
        }
        return unread
    }

    private static func judge(_ text: String, of path: String, as kind: LintKind?, run: inout LintRun) {
        let start = Spot(file: path, line: 1)
        if kind == nil, path.hasSuffix(".toml") {
            return run.report.reject(at: start, "TOML is not read; of Traefik's configuration, YAML is")
        }
        if kind.map(\.isTree) ?? LintGuess.isTree(path, text) {
            let documents = run.documents(in: text, of: path)
            guard !documents.isEmpty else { return }
            guard let kind = kind ?? LintGuess.kind(of: documents) else { return say(unknown: start, &run) }
            judge(documents, as: kind, of: path, run: &run)
        } else {
            guard let kind = kind ?? LintGuess.kind(of: text, named: path) else { return say(unknown: start, &run) }
            judge(text, of: path, as: kind, run: &run)
        }
    }

    private static func say(unknown start: Spot, _ run: inout LintRun) {
        let kinds = LintKind.allCases.map(\.rawValue).joined(separator: ", ")
        run.report.reject(
            at: start, "it does not look like a configuration that is known; --kind says which it is: \(kinds)")
    }

    private static func judge(_ text: String, of path: String, as kind: LintKind, run: inout LintRun) {
        switch kind {
        case .caddy: CaddyJudge.judge(text, of: path, run: &run)
        case .haproxy: HAProxyJudge.judge(text, of: path, run: &run)
        case .apache: ApacheJudge.judge(text, of: path, run: &run)
        default: NginxJudge.judge(text, of: path, run: &run)
        }
    }

    private static func judge(_ documents: [ConfigNode], as kind: LintKind, of path: String, run: inout LintRun) {
        switch kind {
        case .traefik: TraefikJudge.judge(documents, of: path, run: &run)
        case .kong, .apisix: PluginJudge(kind: kind).judge(documents, &run.report)
        default: EnvoyJudge.judge(documents, run: &run)
        }
    }
}

extension LintKind {
    /// Whether it is YAML or JSON.
    var isTree: Bool { [.traefik, .envoy, .kong, .apisix].contains(self) }
}
