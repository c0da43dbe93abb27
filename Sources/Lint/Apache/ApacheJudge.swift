import Bytes

/// Judges Apache's configuration: where it proxies, the hook runs. Takes a text with its includes; gives findings.
struct ApacheJudge {
    /// A place that proxies, asks or clears, by the path that it is for.
    private struct Place {
        var path: String
        /// The `<VirtualHost>` by its line; nil for what all of them inherit.
        var host: Spot?
        var spot: Spot

        /// Whether what is said here holds for a place.
        func covers(_ place: Place) -> Bool { place.path.hasPrefix(path) && (host == nil || host == place.host) }
    }

    /// Sections that are there or not for all requests alike.
    private static let plainSections: Set = [
        "ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective", "ifsection", "macro",
    ]

    /// Those of them that hold by how Apache is started, or by what there is on its machine.
    private static let startSections: Set = ["ifdefine", "ifversion", "iffile", "ifdirective", "ifsection"]

    private var proxied: [Place] = []
    private var hooked: [Place] = []
    /// What sets a name to what the client said.
    private var copied: [(name: String, spot: Spot)] = []
    /// What is there or not by how Apache is started, and has something of these in it.
    private var conditional: [Spot] = []
    /// What `RequestHeader` takes away of each request.
    private var cleared: [(name: String, place: Place)] = []

    static func judge(_ text: String, of file: String, run: inout LintRun) {
        guard let directives = parse(text, of: file, stack: [], run: &run) else { return }
        var judge = ApacheJudge()
        judge.walk(directives, path: "/", host: nil)
        if !judge.hooked.isEmpty, let (path, text) = run.first(of: ["authgear.lua".path(from: file.folder)]) {
            LuaCode(text).judge(as: .apache, of: path, &run.report)
        }
        judge.judge(&run.report)
    }

    private static func parse(_ text: String, of file: String, stack: [String], run: inout LintRun) -> [Directive]? {
        do throws(SyntaxError) {
            return expand(try ApacheParser.directives(in: text, of: file), stack: stack + [file], run: &run)
        } catch {
            run.report.reject(at: Spot(file: file, line: error.line), "the file is not Apache's: \(error.message)")
            return nil
        }
    }

    private static func expand(_ directives: [Directive], stack: [String], run: inout LintRun) -> [Directive] {
        directives.flatMap { directive -> [Directive] in
            var directive = directive
            if let block = directive.block {
                directive.block = expand(block, stack: stack, run: &run)
                return [directive]
            }
            guard ["include", "includeoptional"].contains(directive.name.lowercased()), stack.count < LintRun.depthLimit
            else {
                return [directive]
            }
            let name = directive.argument(0)
            let pattern = name.path(from: stack.first?.folder ?? ".")
            let paths = name.isPattern ? run.files.matches(pattern) : [pattern]
            return paths.filter { !stack.contains($0) }.flatMap { path -> [Directive] in
                guard case .success(let text) = run.read(path) else {
                    run.report.note(at: directive.spot, "\(name) is included, and can't be read")
                    return []
                }
                return parse(text, of: path, stack: stack, run: &run) ?? []
            }
        }
    }

    private mutating func walk(_ directives: [Directive], path: String, host: Spot?) {
        for directive in directives {
            let arguments = directive.arguments
            let here = Place(path: path, host: host, spot: directive.spot)
            if let block = directive.block {
                if Self.startSections.contains(directive.name.lowercased()), directive.all.contains(where: Self.matters)
                {
                    conditional.append(directive.spot)
                }
                let host = directive.name.lowercased() == "virtualhost" ? directive.spot : host
                walk(block, path: Self.path(of: directive, in: path), host: host)
                continue
            }
            switch directive.name.lowercased() {
            case "proxypass":
                let isShort = arguments.count == 1 || arguments.first?.contains("://") == true
                let target = isShort ? arguments.first : arguments.dropFirst().first
                if target == "!" { continue }
                proxied.append(isShort ? here : Place(path: directive.argument(0), host: host, spot: here.spot))
            case "proxypassmatch": proxied.append(here)
            case "rewriterule" where !Self.flags(arguments).isDisjoint(with: ["p", "proxy"]): proxied.append(here)
            case "sethandler" where arguments.first?.lowercased().hasPrefix("proxy:") == true: proxied.append(here)
            case "luahookaccesschecker" where directive.argument(0).contains("authgear"): hooked.append(here)
            case "requestheader" where directive.argument(0).lowercased() == "unset":
                // With env= or expr= it depends on the request.
                guard arguments.count == 2 || directive.argument(2).lowercased() == "early" else { continue }
                let name = directive.argument(1).lowercased()
                if name.hasPrefix("x-authgear-") { cleared.append((name, here)) }
            case "requestheader":
                let name = directive.argument(1).lowercased()
                guard name.hasPrefix("x-authgear-"), arguments.dropFirst(2).contains(where: Self.isClients) else {
                    continue
                }
                copied.append((name, directive.spot))
            default: break
            }
        }
    }

    /// What a section is for. One that is not for a path, such as `<If>` or `<LocationMatch>`, is for a part of where it stands.
    private static func path(of section: Directive, in path: String) -> String {
        let (name, first) = (section.name.lowercased(), section.argument(0))
        if plainSections.contains(name) || name == "virtualhost" || name == "proxy" && first == "*" { return path }
        return name == "location" && first != "~" ? first : "\(path) (\(section.words.joined(separator: " ")))"
    }

    /// Whether it decides on what clients may say.
    private static func matters(_ directive: Directive) -> Bool {
        ["luahookaccesschecker", "requestheader"].contains(directive.name.lowercased())
    }

    /// Whether an expression has something in it that the client says.
    private static func isClients(_ value: String) -> Bool {
        let words = [
            "%{req:", "%{http:", "%{http_", "%{query_string", "%{request_uri", "%{the_request", "req(", "http(",
        ]
        return value.lowercased().hasPrefix("expr=") && words.contains(where: value.mentions)
    }

    private static func flags(_ arguments: [String]) -> Set<String> {
        guard let last = arguments.last, last.hasPrefix("[") else { return [] }
        return Set(last.dropFirst().dropLast().lowercased().split(separator: ",").map { String($0.trimmed) })
    }

    private func judge(_ report: inout LintReport) {
        for spot in conditional { report.note(at: spot, "whether that holds, and with it what stands in it") }
        for (name, spot) in copied {
            report.find(.nameNotSet, in: .apache, at: spot, "\(name) is what the client said")
        }
        for place in proxied where !hooked.contains(where: { $0.covers(place) }) {
            let clearing = cleared.filter { $0.place.covers(place) }
            let missing = AnswerHeaders.eight.filter { name in !clearing.contains { $0.name == name } }
            if let first = clearing.first, !missing.isEmpty {
                report.find(.nameNotSet, in: .apache, at: first.place.spot, OurNames.list(missing))
            } else if !missing.isEmpty {
                report.find(.unguarded, in: .apache, at: place.spot, "no hook runs for \(place.path)")
            } else if let first = clearing.first {
                report.find(.underscores, in: .apache, at: first.place.spot, "unset takes away one spelling")
            }
        }
    }
}
