/// What nginx, Caddy, HAProxy and Apache are told by: words, and perhaps a block of the same.
package struct Directive: Sendable {
    package var words: [String]
    /// Nil without braces.
    package var block: [Directive]?
    package var spot: Spot

    package init(_ words: [String], block: [Directive]? = nil, at spot: Spot) {
        self.words = words
        self.block = block
        self.spot = spot
    }

    package var name: String { words.first ?? "" }
    package var arguments: [String] { Array(words.dropFirst()) }

    /// An argument; empty where there is none.
    package func argument(_ index: Int) -> String { words.indices.contains(index + 1) ? words[index + 1] : "" }

    /// The directive and all that stand in its blocks.
    package var all: [Directive] { [self] + (block ?? []).flatMap(\.all) }

    /// Said at another place: what stands in no file is said where it is included.
    package func said(at spot: Spot) -> Directive {
        Directive(words, block: block?.map { $0.said(at: spot) }, at: spot)
    }
}

/// Why a text can't be read as what it should be.
package struct SyntaxError: Error {
    package var line: Int
    package var message: String

    package init(line: Int, message: String) {
        self.line = line
        self.message = message
    }
}
