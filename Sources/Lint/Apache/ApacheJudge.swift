import Bytes

/// Judges Apache's configuration: where it proxies, the hook runs. Takes a text with its includes; gives findings.
struct ApacheJudge {
    /// A place that proxies or asks, by the path that it is for.
    private struct Place {
        var path: String
        var spot: Spot
    }

    private var proxied: [Place] = []
    private var hooked: [Place] = []
    /// What `RequestHeader` takes away everywhere.
    private var cleared: Set<String> = []
    private var clearing: Spot?

    static func judge(_ text: String, of file: String, run: inout LintRun) {
        guard let directives = parse(text, of: file, stack: [], run: &run) else { return }
        var judge = ApacheJudge()
        judge.walk(directives, path: "/")
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

    private mutating func walk(_ directives: [Directive], path: String) {
        for directive in directives {
            let arguments = directive.arguments
            switch directive.name.lowercased() {
            case "proxypass":
                let isShort = arguments.count == 1 || arguments.first?.contains("://") == true
                let target = isShort ? arguments.first : arguments.dropFirst().first
                if target != "!" {
                    proxied.append(Place(path: isShort ? path : directive.argument(0), spot: directive.spot))
                }
            case "proxypassmatch": proxied.append(Place(path: path, spot: directive.spot))
            case "rewriterule" where arguments.last?.hasPrefix("[") == true && Self.flags(arguments).contains("P"):
                proxied.append(Place(path: path, spot: directive.spot))
            case "sethandler" where arguments.first?.hasPrefix("proxy:") == true:
                proxied.append(Place(path: path, spot: directive.spot))
            case "luahookaccesschecker" where directive.argument(0).contains("authgear"):
                hooked.append(Place(path: path, spot: directive.spot))
            case "requestheader"
            where directive.argument(0).lowercased() == "unset" && arguments.count <= 3 && path == "/":
                if directive.argument(1).mentions("x-authgear-") {
                    cleared.insert(directive.argument(1).lowercased())
                    clearing = clearing ?? directive.spot
                }
            case "location" where directive.block != nil:
                walk(directive.block ?? [], path: arguments.first == "~" ? path : directive.argument(0))
            default: walk(directive.block ?? [], path: path)
            }
        }
    }

    private static func flags(_ arguments: [String]) -> [Substring] {
        (arguments.last ?? "").dropFirst().dropLast().split(separator: ",")
    }

    private func judge(_ report: inout LintReport) {
        let missing = AnswerHeaders.eight.filter { !cleared.contains($0) }
        let open = proxied.filter { place in !hooked.contains { place.path.hasPrefix($0.path) } }
        if let clearing, !missing.isEmpty, !open.isEmpty {
            report.find(.nameNotSet, in: .apache, at: clearing, OurNames.list(missing))
        } else if !missing.isEmpty {
            for place in open { report.find(.unguarded, in: .apache, at: place.spot, "no hook runs for \(place.path)") }
        }
    }
}
