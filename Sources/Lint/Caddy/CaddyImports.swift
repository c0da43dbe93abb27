/// Puts what is imported in its place: snippets, files, patterns of files.
struct CaddyImports {
    /// Snippets and named routes by name, with their parentheses.
    private(set) var snippets: [String: Directive] = [:]
    /// The snippets that something imports.
    private(set) var used: Set<String> = []

    /// A whole file: its imports at the top define snippets.
    mutating func expand(file text: String, of path: String, run: inout LintRun) -> [Directive]? {
        guard let directives = parse(text, of: path, run: &run) else { return nil }
        return expand(directives, depth: 0, run: &run)
    }

    private func parse(_ text: String, of path: String, run: inout LintRun) -> [Directive]? {
        do throws(SyntaxError) {
            return try CaddyParser.directives(in: text, of: path)
        } catch {
            run.report.reject(at: Spot(file: path, line: error.line), "the file is not a Caddyfile: \(error.message)")
            return nil
        }
    }

    private mutating func expand(_ directives: [Directive], depth: Int, run: inout LintRun) -> [Directive] {
        directives.flatMap { directive -> [Directive] in
            if directive.name.hasPrefix("("), directive.block != nil {
                snippets[directive.name] = directive
                return []
            }
            if directive.name == "import", !directive.arguments.isEmpty {
                return imported(by: directive, depth: depth, run: &run) ?? [directive]
            }
            var directive = directive
            directive.block = directive.block.map { expand($0, depth: depth, run: &run) }
            if directive.name.hasPrefix("&("), directive.block != nil { snippets[directive.name] = directive }
            return [directive]
        }
    }

    private mutating func imported(by directive: Directive, depth: Int, run: inout LintRun) -> [Directive]? {
        let name = directive.argument(0)
        guard depth < LintRun.depthLimit else {
            run.report.note(at: directive.spot, "\(name) is imported too deep")
            return nil
        }
        if let snippet = snippets["(\(name))"] {
            used.insert(snippet.name)
            let arguments = Array(directive.arguments.dropFirst())
            let filled = Self.fill(snippet.block ?? [], with: arguments, block: directive.block ?? [])
            return expand(filled, depth: depth + 1, run: &run)
        }
        let path = name.path(from: directive.spot.file.folder)
        if name.isPattern {
            return run.files.matches(path).flatMap { file in read(file, by: directive, depth: depth, run: &run) ?? [] }
        }
        return read(path, by: directive, depth: depth, run: &run)
    }

    private mutating func read(_ path: String, by directive: Directive, depth: Int, run: inout LintRun) -> [Directive]?
    {
        if case .success(let text) = run.read(path) {
            return parse(text, of: path, run: &run).map { expand($0, depth: depth + 1, run: &run) }
        }
        guard path.contains("authgear"), let text = run.files.shipped(path.fileName) else {
            run.report.note(at: directive.spot, "\(path) is imported, and can't be read")
            return nil
        }
        run.report.note(
            at: directive.spot, "\(path) is not there; it is taken for the one that `gateway caddy` prints")
        // Its lines are nobody's: it is said where it is imported.
        return parse(text, of: path, run: &run).map { directives in
            expand(directives.map { $0.said(at: directive.spot) }, depth: depth + 1, run: &run)
        }
    }

    /// What a snippet gets: `{args[0]}`, as newer versions have it, or `{args.0}`.
    private static func fill(_ directive: Directive, with arguments: [String], block: [Directive]) -> Directive {
        var filled = directive
        filled.words = directive.words.flatMap { word -> [String] in
            if ["{args[:]}", "{args[0:]}", "{args.*}"].contains(word) { return arguments }
            var word = word
            for (index, argument) in arguments.enumerated() where word.contains("{args") {
                word = word.replacing("{args[\(index)]}", with: argument).replacing("{args.\(index)}", with: argument)
            }
            return [word]
        }
        filled.block = directive.block.map { fill($0, with: arguments, block: block) }
        return filled
    }

    /// The same of several: `{block}` stands for what is handed over, `{blocks.name}` for what stands in `name { … }` of that.
    private static func fill(
        _ directives: [Directive], with arguments: [String], block: [Directive]
    ) -> [Directive] {
        directives.flatMap { directive -> [Directive] in
            let word = directive.words.count == 1 ? directive.name : ""
            if word == "{block}" { return block }
            guard word.hasPrefix("{blocks.") else { return [fill(directive, with: arguments, block: block)] }
            let name = word.dropFirst("{blocks.".count).dropLast()
            return block.first { $0.name == name }?.block ?? []
        }
    }

    /// The snippets that nothing imports: a file of them is judged by itself.
    mutating func unused(run: inout LintRun) -> [Directive] {
        let rest = snippets.values.filter { $0.name.hasPrefix("(") }.sorted { $0.spot < $1.spot }
        let expanded = rest.map { snippet -> Directive in
            var snippet = snippet
            snippet.block = expand(snippet.block ?? [], depth: 1, run: &run)
            return snippet
        }
        return expanded.filter { !used.contains($0.name) }
    }
}
