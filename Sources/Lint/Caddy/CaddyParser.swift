/// A Caddyfile's directives, as they stand there.
enum CaddyParser {
    private static let blockLimit = 64

    static func directives(in text: String, of file: String) throws(SyntaxError) -> [Directive] {
        let tokens = try CaddyTokenizer.tokens(of: text)
        var open: [(words: [String], line: Int, before: [Directive])] = []
        var (done, words, start) = ([Directive](), [String](), 1)
        for (index, token) in tokens.enumerated() {
            // A line that ends with a comma goes on: addresses of a site.
            if token.isFirst, words.last?.hasSuffix(",") != true {
                if !words.isEmpty { done.append(Directive(words, at: Spot(file: file, line: start))) }
                (words, start) = ([], token.line)
            }
            let isLast = index + 1 == tokens.count || tokens[index + 1].isFirst
            if token.text == "{", !token.isQuoted, isLast {
                guard open.count < blockLimit else {
                    throw SyntaxError(line: token.line, message: "blocks are too deep")
                }
                open.append((words, start, done))
                (done, words) = ([], [])
            } else if token.text == "}", !token.isQuoted, token.isFirst {
                guard let block = open.popLast() else {
                    throw SyntaxError(line: token.line, message: "a } closes nothing")
                }
                done = block.before + [Directive(block.words, block: done, at: Spot(file: file, line: block.line))]
            } else {
                words.append(token.text)
            }
        }
        if let block = open.last { throw SyntaxError(line: block.line, message: "a block does not end") }
        return words.isEmpty ? done : done + [Directive(words, at: Spot(file: file, line: start))]
    }
}
