/// Judges nginx's configuration, OpenResty's included. Takes directives with all that they include; gives findings.
struct NginxJudge {
    let tree: NginxTree
    let names: [String]
    /// Code of Lua by the file that it stands in; nil for one that can't be read.
    private let files: [String: LuaCode?]
    /// The levels where the resolver is asked, by their numbers.
    private let questions: Set<Int>

    /// Reads a file and judges it.
    static func judge(_ text: String, of file: String, run: inout LintRun) {
        do throws(SyntaxError) {
            let directives = try NginxParser.directives(in: text, of: file)
            var includes = NginxIncludes(of: file)
            let judge = NginxJudge(includes.expand(directives, run: &run), folder: file.folder, run: &run)
            judge.judge(&run.report)
        } catch {
            run.report.reject(at: Spot(file: file, line: error.line), "the file is not nginx': \(error.message)")
        }
    }

    init(_ directives: [Directive], folder: String, run: inout LintRun) {
        tree = NginxTree(directives)
        names = tree.requiredNames
        questions = Self.questions(in: tree)
        files = Self.files(in: tree, folder: folder, run: &run)
    }

    /// A place asks when `auth_request` names it. Without being named, one does that passes a question to where the named ones do,
    /// or to the upstream that is shipped; where none is named, because that stands in another file, an internal one does. A backend
    /// may have the resolver's paths, too, and clients reach it.
    private static func questions(in tree: NginxTree) -> Set<Int> {
        let named = tree.scopes.flatMap { scope in
            (scope.own["auth_request"] ?? []).filter { $0.argument(0) != "off" }
                .flatMap { tree.locations(answering: $0, in: scope) }
            // What is not found goes where everything else does, and that is no place that asks.
        }.filter { $0.path != "/" && $0.own["auth_request"] == nil }
        let asking = tree.scopes.filter { $0.block != nil && $0.passesQuestion && $0.own["auth_request"] == nil }
        let ids = Set(named.map(\.id))
        let resolvers = Set(asking.filter { ids.contains($0.id) }.compactMap(\.authority))
        let others = asking.filter { scope in
            guard let authority = scope.authority else { return false }
            return resolvers.contains(authority) || OurNames.isShipped(authority: authority)
                || ids.isEmpty && scope.own["internal"] != nil
        }
        return ids.union(others.map(\.id))
    }

    private static func files(in tree: NginxTree, folder: String, run: inout LintRun) -> [String: LuaCode?] {
        var files: [String: LuaCode?] = [:]
        for directive in tree.all where ["access_by_lua_file", "rewrite_by_lua_file"].contains(directive.name) {
            let path = directive.argument(0)
            if case .success(let text) = run.read(path.path(from: folder)) {
                files[path] = LuaCode(text)
            } else {
                files.updateValue(nil, forKey: path)
                run.report.note(at: directive.spot, "\(path) can't be read")
            }
        }
        // Where the module is that they call is lua_package_path's to say; beside the configuration is where it is printed.
        let calls = tree.all.contains { $0.name.contains("_by_lua") && LuaCode($0.argument(0)).guards }
        if calls, let (path, text) = run.first(of: ["authgear.lua".path(from: folder)]) {
            LuaCode(text).judge(as: .nginx, of: path, &run.report)
        }
        return files
    }

    private func judge(_ report: inout LintReport) {
        judgeSpellings(&report)
        for block in tree.foreign where block.all.contains(where: { $0.name == "proxy_pass" }) {
            report.note(
                at: block.spot, "what \(block.name) passes on is not looked into; clients must not reach backends by it"
            )
        }
        for scope in tree.scopes {
            if questions.contains(scope.id) {
                judgeQuestion(scope, &report)
            } else if scope.passes.isEmpty {
                if scope.block == nil { judgeFragment(scope, &report) }
                if scope.answersItself { judgeOutage(scope, &report) }
            } else {
                for pass in scope.passes { judge(pass, in: scope, &report) }
                judgeOutage(scope, &report)
            }
        }
    }

    private func judgeSpellings(_ report: inout LintReport) {
        for directive in tree.all {
            let flag = (directive.name, directive.argument(0).lowercased())
            if flag == ("underscores_in_headers", "on") || flag == ("ignore_invalid_headers", "off") {
                report.find(.underscores, in: .nginx, at: directive.spot, directive.words.joined(separator: " "))
            }
        }
    }

    /// A file that others include, and that sets some of the names.
    private func judgeFragment(_ scope: NginxScope, _ report: inout LintReport) {
        let set = scope.own["proxy_set_header"] ?? []
        guard let first = set.first(where: { $0.argument(0).mentions("x-authgear-") }) else { return }
        let missing = unset(in: scope.fields("proxy_set_header"))
        if !missing.isEmpty { report.find(.nameNotSet, in: .nginx, at: first.spot, OurNames.list(missing)) }
    }

    /// What Lua that runs here does.
    private func lua(in scope: NginxScope) -> [LuaCode?] {
        (scope.settings("access_by_lua") + scope.settings("rewrite_by_lua")).map { directive in
            directive.name.hasSuffix("_file") ? files[directive.argument(0)] ?? nil : LuaCode(directive.argument(0))
        }
    }
}

extension NginxJudge {
    /// The names that are set to nothing, or to what the client said.
    private func unset(in fields: [String: [Directive]], naming: (String) -> String = { $0 }) -> [String] {
        names.filter { name in fields[naming(name)]?.contains { tree.isClients($0.argument(1)) } != false }
    }

    /// Names that `more_clear_input_headers` takes away, whatever the request.
    private func cleared(in scope: NginxScope) -> (String) -> Bool {
        let patterns = scope.settings("more_clear_input_headers").flatMap { directive -> [String] in
            // With -s or -t it depends on the request.
            directive.arguments.contains { $0.hasPrefix("-") && $0 != "-r" } ? [] : directive.arguments
        }.flatMap { $0.lowercased().split(separator: " ").map(String.init) }
        return { name in
            patterns.contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : $0 == name }
        }
    }

    private func judge(_ pass: Directive, in scope: NginxScope, _ report: inout LintReport) {
        guard let kind = NginxPass(rawValue: pass.name) else { return }
        if kind == .proxy { judgeBackendConnection(pass, scope, &report) }
        let lua = lua(in: scope)
        if scope.value(kind.handingOn, is: "off") { return }
        if let code = lua.compactMap(\.self).first(where: \.guards) { return judge(code, in: scope, at: pass, &report) }
        let isCleared = cleared(in: scope)
        let missing = unset(in: scope.fields(kind.setting), naming: kind.name(of:)).filter { !isCleared($0) }
        judgeVariables(scope, kind, &report)
        guard !missing.isEmpty else { return }
        let spot = scope.block?.spot ?? pass.spot
        if lua.contains(where: { $0 == nil || $0?.writesNames == true }) {
            return report.note(at: spot, "whether the Lua of \(scope.title) sets or clears \(OurNames.list(missing))")
        }
        if kind != .proxy { return judgeOther(pass, kind, scope, missing, &report) }
        judgeFields(pass, scope, missing, &report)
    }

    /// Lua that guards, or may.
    private func judge(_ code: LuaCode, in scope: NginxScope, at pass: Directive, _ report: inout LintReport) {
        let spot = scope.block?.spot ?? pass.spot
        let others = ["allow", "auth_basic", "auth_request"].filter { name in
            scope.settings(name).contains { $0.argument(0) != "off" }
        }
        if scope.value("satisfy", is: "any"), !others.isEmpty, !scope.settings("access_by_lua").isEmpty {
            let text = "satisfy any lets in by \(others.joined(separator: ", ")), without this Lua, in \(scope.title)"
            return report.find(.unguarded, in: .nginx, at: spot, text)
        }
        if !code.surelyGuards {
            report.note(at: spot, "whether the Lua of \(scope.title) always gets to where it guards")
        }
        if code.code.mentions("x-authgear-"), code.code.contains("set_header") {
            report.note(at: spot, "what the Lua of \(scope.title) makes of the resolver's names")
        }
    }

    /// An `auth_request_set` drops all that its level would inherit, as `proxy_set_header` does: the names are then set to nothing, for whoever
    /// it is.
    private func judgeVariables(_ scope: NginxScope, _ kind: NginxPass, _ report: inout LintReport) {
        guard scope.ask != nil, let own = scope.own["auth_request_set"], let first = own.first else { return }
        let lost = (scope.inherited["auth_request_set"] ?? []).map { $0.argument(0) }.filter { name in
            !own.contains { $0.argument(0) == name }
        }
        let used = scope.settings(kind.setting).map { $0.argument(1) }
        let missed = lost.filter(used.contains)
        guard !missed.isEmpty else { return }
        report.find(
            .inheritedHeaders, in: .nginx, at: first.spot,
            "auth_request_set of its own: \(scope.title) loses \(OurNames.list(missed))")
    }

    /// `proxy_pass` where some names are neither set nor cleared.
    private func judgeFields(
        _ pass: Directive, _ scope: NginxScope, _ missing: [String], _ report: inout LintReport
    ) {
        let spot = scope.block?.spot ?? pass.spot
        if scope.isUnresolved {
            let text = "whether \(scope.title) sets or clears the resolver's names: what it includes can't be read"
            return report.note(at: spot, text)
        }
        let settings = scope.settings("proxy_set_header")
        let copying = settings.first { missing.contains($0.argument(0).lowercased()) && tree.isClients($0.argument(1)) }
        if let copying {
            return report.find(
                .nameNotSet, in: .nginx, at: copying.spot, "\(OurNames.list(missing)), in \(scope.title)")
        }
        let mine = scope.own["proxy_set_header"] ?? []
        let dropped = (scope.inherited["proxy_set_header"] ?? []).map { $0.argument(0).lowercased() }
        if let first = mine.first, missing.contains(where: dropped.contains) {
            return report.find(
                .inheritedHeaders, in: .nginx, at: first.spot, "\(scope.title) loses \(OurNames.list(missing))")
        }
        if let set = settings.first(where: { $0.argument(0).mentions("x-authgear-") }) {
            return report.find(.nameNotSet, in: .nginx, at: set.spot, "\(OurNames.list(missing)), in \(scope.title)")
        }
        if scope.ask != nil {
            report.find(.nameNotSet, in: .nginx, at: spot, "\(OurNames.list(missing)), in \(scope.title), which asks")
        } else {
            report.find(.unguarded, in: .nginx, at: spot, "\(scope.title), with \(pass.name) in line \(pass.spot.line)")
        }
    }

    /// `fastcgi_pass` and its like.
    private func judgeOther(
        _ pass: Directive, _ kind: NginxPass, _ scope: NginxScope, _ missing: [String], _ report: inout LintReport
    ) {
        let headers = scope.settings("proxy_set_header").contains { $0.argument(0).mentions("x-authgear-") }
        if headers || scope.ask != nil {
            report.find(
                .otherPass, in: .nginx, at: pass.spot, "\(pass.name) in \(scope.title), \(OurNames.list(missing))")
        } else if scope.isUnresolved {
            report.note(
                at: pass.spot, "whether \(scope.title) clears the resolver's names: what it includes can't be read")
        } else if missing.count < names.count {
            let set = scope.settings(kind.setting).first { $0.argument(0).mentions("authgear") }
            report.find(
                .nameNotSet, in: .nginx, at: set?.spot ?? pass.spot, "\(OurNames.list(missing)), in \(scope.title)")
        } else {
            let spot = scope.block?.spot ?? pass.spot
            report.find(.unguarded, in: .nginx, at: spot, "\(scope.title), with \(pass.name) in line \(pass.spot.line)")
        }
    }
}
