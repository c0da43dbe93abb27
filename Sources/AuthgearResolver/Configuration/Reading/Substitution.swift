/// Replaces `${NAME}`, `${NAME:-default}` and `${file:/path}` in one value; `$${` is a literal `${`.
///
/// It works on values after the YAML was read, so what a variable or a file holds can't change the structure of the
/// configuration. What was put in is not read again. As in a shell, the default also stands in for an empty variable.
struct Substitution {
    /// The value of an environment variable; nil when it is not set.
    var environment: (String) -> String?
    /// The contents of a file.
    var contents: (String) throws(FileError) -> [UInt8]

    /// A text with everything put in, and whether there was anything.
    struct Expansion: Equatable {
        var text = ""
        var isSubstituted = false
        /// The same in parts, with the paths of files as they were written.
        var parts: [FileText.Part] = []
    }

    /// What is allowed, for messages.
    static let allowed = "${NAME}, ${NAME:-default}, ${file:/path}, and $${ for a literal ${"

    func expand(_ text: String) throws(Misfit) -> Expansion {
        var expansion = Expansion()
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            expansion.add(.text(String(rest[..<dollar])), rest[..<dollar])
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                expansion.add(.text("${"), "${")
                rest.removeFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else {
                    throw Misfit("has a ${ without its }", allowed: Self.allowed)
                }
                let reference = rest[..<end].dropFirst(2)
                let value = try value(of: reference)
                let isFile = reference.hasPrefix("file:")
                expansion.add(isFile ? .file(String(reference.dropFirst(5))) : .text(value), value[...])
                expansion.isSubstituted = true
                rest = rest[end...].dropFirst()
            } else {
                expansion.add(.text("$"), "$")
                rest.removeFirst()
            }
        }
        expansion.add(.text(String(rest)), rest)
        return expansion
    }

    /// What one reference stands for.
    private func value(of reference: Substring) throws(Misfit) -> String {
        if reference.hasPrefix("file:") {
            return try file(String(reference.dropFirst(5)))
        }
        let name = reference.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        let rest = reference.dropFirst(name.count)
        guard let first = name.first, !first.isNumber, rest.isEmpty || rest.hasPrefix(":-"), !rest.contains("${") else {
            throw Misfit("has a reference that can't be read", allowed: Self.allowed)
        }
        let value = environment(String(name))
        if rest.isEmpty {
            guard let value else {
                throw Misfit(
                    "needs the environment variable \(name), which is not set",
                    allowed: "${\(name):-default} when it may be absent")
            }
            return value
        }
        guard let value, !value.isEmpty else { return String(rest.dropFirst(2)) }
        return value
    }

    /// The contents of a file, without the line break at its end.
    private func file(_ path: String) throws(Misfit) -> String {
        let bytes: [UInt8]
        do {
            bytes = try contents(path)
        } catch {
            throw Misfit("needs the file \(path): \(error)", allowed: "a text file of at most 64KiB")
        }
        guard let text = FileText.text(of: bytes) else {
            throw Misfit("needs the file \(path), which is not UTF-8 text")
        }
        return text
    }
}

extension Substitution.Expansion {
    fileprivate mutating func add(_ part: FileText.Part, _ value: Substring) {
        text += value
        parts.append(part)
    }
}
