import Bytes

/// What a piece of Lua, without its comments, does about the resolver.
struct LuaCode {
    let code: String

    init(_ text: String) { code = LuaScanner.code(of: text) }

    /// Whether it calls `guard`, `judge` or `clear` of authgear.lua.
    var guards: Bool {
        code.replacing("x-authgear", with: "").contains("authgear")
            && ["guard", "judge", "clear"].contains(where: calls)
    }

    /// Whether a function of this name is called: `guard(`, `guard "`, `guard [[`.
    private func calls(_ name: String) -> Bool {
        code.ranges(of: name).contains { range in
            let before = code[..<range.lowerBound].last
            let after = code[range.upperBound...].first { !$0.isWhitespace }
            return before.map { $0.isLetter || $0.isNumber || $0 == "_" } != true
                && after.map { "(\"'[".contains($0) } == true
        }
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
