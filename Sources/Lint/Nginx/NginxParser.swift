/// nginx's directives, with what is included in its place.
struct NginxParser {
    private static let blockLimit = 64

    /// The directives of one file, as they stand there.
    static func directives(in text: String, of file: String) throws(SyntaxError) -> [Directive] {
        var tokenizer = NginxTokenizer(text)
        /// What encloses the place: the words of each block and what came before in it.
        var open: [(words: [String], line: Int, before: [Directive])] = []
        var (done, words, start) = ([Directive](), [String](), 1)
        while let (token, line) = try tokenizer.next() {
            if words.isEmpty { start = line }
            switch token {
            case .word(let word): words.append(word)
            case .end:
                if !words.isEmpty { done.append(Directive(words, at: Spot(file: file, line: start))) }
                words = []
            case .open where words.first?.hasSuffix("_by_lua_block") == true:
                words.append(try tokenizer.lua())
                done.append(Directive(words, at: Spot(file: file, line: start)))
                words = []
            case .open:
                guard open.count < blockLimit else { throw SyntaxError(line: line, message: "blocks are too deep") }
                open.append((words, start, done))
                (done, words) = ([], [])
            case .close:
                guard let block = open.popLast() else { throw SyntaxError(line: line, message: "a } closes nothing") }
                if !words.isEmpty { done.append(Directive(words, at: Spot(file: file, line: start))) }
                done = block.before + [Directive(block.words, block: done, at: Spot(file: file, line: block.line))]
                words = []
            }
        }
        if let block = open.last { throw SyntaxError(line: block.line, message: "a block does not end") }
        if !words.isEmpty { done.append(Directive(words, at: Spot(file: file, line: start))) }
        return done
    }
}

/// Puts what is included in its place. What can't be is noted, and its `include` stays.
struct NginxIncludes {
    /// Files that every nginx has, and what they say that matters here.
    private static let stock = [
        "proxy_params": "proxy_set_header Host $http_host; proxy_set_header X-Real-IP $remote_addr;",
        "mime.types": "", "fastcgi_params": "", "fastcgi.conf": "", "uwsgi_params": "", "scgi_params": "",
        "fastcgi-php.conf": "", "koi-utf": "", "koi-win": "", "win-utf": "",
    ]

    /// The folder of the first file: nginx' paths start there.
    let folder: String
    /// The files that the place is in, from the outside in.
    private var stack: [String]

    init(of file: String) {
        folder = file.folder
        stack = [file]
    }

    mutating func expand(_ directives: [Directive], run: inout LintRun) -> [Directive] {
        directives.flatMap { directive -> [Directive] in
            var directive = directive
            if let block = directive.block {
                directive.block = expand(block, run: &run)
                return [directive]
            }
            guard directive.name == "include", directive.arguments.count == 1 else { return [directive] }
            return included(by: directive, run: &run) ?? [directive]
        }
    }

    private mutating func included(by directive: Directive, run: inout LintRun) -> [Directive]? {
        let name = directive.argument(0)
        guard stack.count < LintRun.depthLimit else {
            run.report.note(at: directive.spot, "\(name) is included too deep")
            return nil
        }
        if name.isPattern {
            let paths = run.files.matches(name.path(from: folder))
            let parts = paths.map { path -> [Directive]? in
                guard case .success(let text) = run.read(path) else {
                    run.report.note(at: directive.spot, "\(path) can't be read")
                    return nil
                }
                return parse(text, of: path, by: directive, run: &run)
            }
            return parts.contains { $0 == nil } ? nil : parts.flatMap { $0 ?? [] }
        }
        let near = name.path(from: directive.spot.file.folder)
        let places = [name.path(from: folder)] + (near == name.path(from: folder) ? [] : [near])
        if let (path, text) = run.first(of: places) { return parse(text, of: path, by: directive, run: &run) }
        return known(name, by: directive, run: &run)
    }

    /// What a file is taken for that is not there. Its lines are nobody's: it is said where it is included.
    private mutating func known(_ name: String, by directive: Directive, run: inout LintRun) -> [Directive]? {
        var text = Self.stock[name.fileName]
        if text == nil, name.contains("authgear"), let shipped = run.files.shipped(name.fileName) {
            run.report.note(
                at: directive.spot, "\(name) is not there; it is taken for the one that `gateway nginx` prints")
            text = shipped
        }
        guard let text else {
            run.report.note(at: directive.spot, "\(name) is included, and can't be read")
            return nil
        }
        return parse(text, of: name, by: directive, run: &run)?.map { $0.said(at: directive.spot) }
    }

    private mutating func parse(
        _ text: String, of path: String, by directive: Directive, run: inout LintRun
    ) -> [Directive]? {
        guard !stack.contains(path) else {
            run.report.note(at: directive.spot, "\(path) includes itself")
            return nil
        }
        do throws(SyntaxError) {
            let directives = try NginxParser.directives(in: text, of: path)
            stack.append(path)
            defer { stack.removeLast() }
            return expand(directives, run: &run)
        } catch {
            run.report.reject(at: Spot(file: path, line: error.line), "the file is not nginx': \(error.message)")
            return nil
        }
    }
}
