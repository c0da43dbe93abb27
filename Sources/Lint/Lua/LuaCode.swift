import Bytes

/// What a piece of Lua, without its comments, does about the resolver.
struct LuaCode {
    let code: String
    /// The same without what stands in its texts.
    private let bare: String

    init(_ text: String) {
        code = LuaScanner.code(of: text)
        bare = LuaScanner.code(of: text, keepingTexts: false)
    }

    /// Whether it calls `guard`, `judge` or `clear` of authgear.lua.
    var guards: Bool {
        code.replacing("x-authgear", with: "").contains("authgear")
            && !calls.isEmpty
    }

    /// Whether one of these calls is made whatever the request: no block that may be passed over has begun, and nothing returns before.
    var surelyGuards: Bool {
        let calls = Set(calls)
        var depth = 0
        /// Behind `return`, which may be the word of the call itself.
        var returned: String.Index?
        for word in bare.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
            if depth == 0, calls.contains(word.startIndex) {
                return returned.map { !bare[$0..<word.startIndex].contains("\n") } ?? true
            }
            switch word {
            case "if", "function", "do", "repeat": depth += 1
            case "end", "until": depth -= 1
            case "return":
                // A second one, or one within a block, comes before whatever follows.
                guard returned == nil, depth == 0 else { return false }
                returned = word.endIndex
            case "goto": return false
            default: break
            }
        }
        return false
    }

    /// Where `guard`, `judge` or `clear` is called: `guard(`, `guard "`, `guard [[`.
    private var calls: [String.Index] {
        ["guard", "judge", "clear"].flatMap { name in
            bare.ranges(of: name).filter { range in
                let before = bare[..<range.lowerBound].last
                let after = bare[range.upperBound...].first { !$0.isWhitespace }
                return before.map { $0.isLetter || $0.isNumber || $0 == "_" } != true
                    && after.map { "(\"'[".contains($0) } == true
            }
        }.map(\.lowerBound)
    }

    /// The quoted texts that calls of a function begin with: `register_action("authgear", …)`.
    func texts(behind function: String) -> [String] {
        code.ranges(of: function).compactMap { range in
            let rest = code[range.upperBound...].drop { $0.isWhitespace || $0 == "(" }
            guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
            return String(rest.dropFirst().prefix { $0 != quote })
        }
    }

    /// Whether it writes the resolver's names itself.
    var writesNames: Bool {
        code.mentions("authgear") && (code.contains("set_header") || code.contains("clear_header"))
    }

    /// The names of the resolver's that it does not have, whole or without what they begin with.
    func missing(of names: [String]) -> [String] {
        names.filter { !code.mentions(String($0.dropFirst("x-authgear-".count))) }
    }

    func line(of word: String) -> Int? {
        guard let range = code.firstRange(of: word) else { return nil }
        return code[..<range.lowerBound].utf8.count { $0 == UInt8(ascii: "\n") } + 1
    }

    /// Judges authgear.lua, or what is made of it.
    func judge(as kind: LintKind, of file: String, _ report: inout LintReport) {
        guard code.contains("x-authgear-") else { return }
        let names = OurNames.required(
            whereSaid: AnswerHeaders.further.filter { code.mentions(String($0.dropFirst("x-authgear-".count))) })
        let spot = { (word: String) in Spot(file: file, line: line(of: word) ?? 1) }
        let missing = missing(of: names)
        if !missing.isEmpty {
            report.find(.nameNotSet, in: kind, at: spot("x-authgear-"), "\(OurNames.list(missing)), in the script")
        }
        for name in ["authorization", "cookie"] where !code.mentions(name) {
            report.find(.credentialNotSent, in: kind, at: Spot(file: file, line: 1), "the script has no \(name)")
        }
        guard code.contains("socket") else { return }
        if !code.contains("settimeout") { report.find(.noTimeout, in: kind, at: spot("socket"), "no settimeouts") }
        if kind == .nginx, !code.contains("setkeepalive") {
            report.find(.noKeptConnection, in: kind, at: spot("socket"), "no setkeepalive")
        }
    }
}
