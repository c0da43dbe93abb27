import Bytes

/// `forward_auth`, or the `reverse_proxy` that it stands for.
struct CaddyQuestion {
    let directive: Directive
    private let block: [Directive]
    /// What its answers may have beside the eight: what a policy says. That is what csrf says, too, and there may be an assertion, but
    /// neither is known here: who does not copy them has them cleared.
    let answered: [String]

    /// Nil for a directive that asks nobody, or somebody else.
    init?(_ directive: Directive) {
        block = directive.block ?? []
        self.directive = directive
        let isLong = directive.name == "reverse_proxy" && block.contains { $0.name == "handle_response" }
        guard directive.name == "forward_auth" || isLong else { return nil }
        let paths = block.filter { ["uri", "rewrite"].contains($0.name) }.compactMap { rule in
            rule.words.last.flatMap(OurNames.path)
        }
        let isOfPolicy = paths.contains { $0.hasPrefix("/policy/") && $0.hasSuffix("/resolve") }
        answered = isOfPolicy ? AnswerHeaders.ofPolicies : []
        let isAsking = paths.contains { OurNames.isQuestion(path: $0) }
        guard isAsking || directive.all.contains(where: { $0.words.contains { $0.mentions("authgear") } }) else {
            return nil
        }
    }

    /// The names that are copied from the answer.
    var copied: [String] {
        let short = block.filter { $0.name == "copy_headers" }.flatMap { list in
            list.arguments + (list.block ?? []).flatMap(\.words)
        }
        let long = block.filter { $0.name == "handle_response" }.flatMap(\.all).filter { $0.name == "request_header" }
            .compactMap { $0.arguments.first }
        // `A>B` copies A under the name B.
        return (short + long).map { ($0.split(separator: ">").last.map(String.init) ?? $0).lowercased() }
    }

    /// What its answers may have and nobody copies.
    var uncopied: [String] {
        let copied = copied
        return (AnswerHeaders.eight + answered).filter { !copied.contains($0) }
    }

    var copySpot: Spot { block.first { $0.name == "copy_headers" }?.spot ?? directive.spot }

    var transport: Directive? { block.first { $0.name == "transport" } }

    func wait(_ names: String...) -> Directive? { transport?.block?.first { names.contains($0.name) } }

    /// What keeps a credential's field from the resolver.
    var withheld: [(name: String, spot: Spot)] {
        block.filter { $0.name == "header_up" }.flatMap { rule in
            CaddyDirective.withheld(rule.arguments).map { ($0, rule.spot) }
        }
    }

    /// What ends the connection behind each question.
    var closing: Directive? {
        transport?.block?.first { $0.name == "keepalive" && ["off", "0", "0s"].contains($0.argument(0)) }
            ?? block.first {
                $0.name == "header_up" && $0.argument(0).lowercased() == "connection" && $0.argument(1) == "close"
            }
    }
}
