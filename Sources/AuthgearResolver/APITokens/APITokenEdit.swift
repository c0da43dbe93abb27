package import Authentication
package import Bytes
import JOSE

/// Changes a list of API tokens in its text, so that what somebody wrote beside it (comments, the order of keys, other tokens) stays as it
/// is. Where that can't be done, because the list is not written over lines, it is written anew.
package struct APITokenEdit {
    private let text: APITokenText
    private let tokens: [APIToken]
    /// What errors begin with.
    private let path: String

    /// - Parameter text: nil: there is no file yet.
    package init(_ text: String?, path: String) throws(ConfigurationError) {
        let text =
            text
            ?? "# API tokens: `authgear-resolver token new`, `token rotate` and `token revoke` write this list.\n[]\n"
        self.path = path
        self.text = APITokenText(text)
        tokens = try APITokenFile.tokens(in: Array(text.utf8), path: path).get()
    }

    /// The text with one more token.
    package func adding(_ token: APIToken) throws(APITokenEditError) -> String {
        guard place(of: token.id) == nil else {
            throw APITokenEditError("\(path): there is a token \(token.id) already")
        }
        guard tokens.count < APITokenList.maximumCount else {
            throw APITokenEditError("\(path): there are \(tokens.count) tokens, which is all that there can be")
        }
        var lines = text.lines
        if lines.last?.isEmpty == true { lines.removeLast() }
        if tokens.isEmpty { lines.removeAll { $0 == "[]" } }
        lines += token.lines
        return try checked(lines, tokens + [token])
    }

    /// The text without a token.
    package func removing(_ id: String) throws(APITokenEditError) -> String {
        let place = try placeOfKnown(id)
        var rest = tokens
        rest.remove(at: place)
        guard let range = ranges?[place] else { return try checked([], rest) }
        var lines = text.lines
        lines.replaceSubrange(range, with: rest.isEmpty ? ["[]"] : [])
        return try checked(lines, rest)
    }

    /// The text with one more secret of a token, whose other secrets end.
    ///
    /// - Parameter end: when they end, at the latest.
    package func rotating(
        _ id: String, to secret: APIToken.Secret, ending end: Timestamp, now: Timestamp
    ) throws(APITokenEditError) -> String {
        let place = try placeOfKnown(id)
        var token = tokens[place]
        let others = token.secrets.map { other in
            APIToken.Secret(digest: other.digest, expiresAt: min(other.expiresAt ?? .distantFuture, end))
        }
        token.secrets = others.filter { $0.expiresAt.map { now < $0 } ?? true } + [secret]
        guard token.secrets.count <= 2 else {
            throw APITokenEditError(
                "\(path): \(id) is being rotated already, and has two secrets that work; with --overlap 0s both end now"
            )
        }
        var changed = tokens
        changed[place] = token
        guard let range = ranges?[place] else { return try checked([], changed) }
        var lines = text.lines
        if let secrets = Self.secrets(in: lines[range]) {
            let key = lines[secrets.lowerBound].prefix { $0 == " " || $0 == "-" }
            lines.replaceSubrange(secrets, with: token.secretLines(behind: key))
        } else {
            lines.replaceSubrange(range, with: token.lines)
        }
        return try checked(lines, changed)
    }

    private func place(of id: String) -> Int? { tokens.firstIndex { $0.id == id } }

    private func placeOfKnown(_ id: String) throws(APITokenEditError) -> Int {
        if let place = place(of: id) { return place }
        let guess = Spelling.question(about: id, among: tokens.map(\.id))
        throw APITokenEditError("\(path): there is no token \(Reader.quote(id))\(guess)")
    }

    /// The text of these lines when it lists these tokens, or else a text that does.
    private func checked(_ lines: [Substring], _ wanted: [APIToken]) throws(APITokenEditError) -> String {
        for lines in [lines, wanted.isEmpty ? ["[]"] : wanted.flatMap(\.lines)] {
            let text = lines.joined(separator: "\n") + (lines.last?.isEmpty == true ? "" : "\n")
            if case .success(wanted) = APITokenFile.tokens(in: Array(text.utf8), path: path) { return text }
        }
        throw APITokenEditError("\(path): what is to be changed can't be written")
    }
}

// Where things stand in the text.
extension APITokenEdit {
    /// The lines of each token; nil when they are not written over lines.
    private var ranges: [Range<Int>]? {
        let lines = text.lines
        let starts = lines.indices.filter { APITokenText.beginsToken(lines[$0]) }
        guard starts.count == tokens.count else { return nil }
        return zip(starts, starts.dropFirst() + [lines.count]).map { start, next in
            // What stands at the margin before the next one belongs to that.
            var end = next
            while end > start + 1, lines[end - 1].isEmpty || lines[end - 1].hasPrefix("#") { end -= 1 }
            return start..<end
        }
    }

    /// The lines of the secrets among those of a token; nil when they don't have lines of their own.
    private static func secrets(in token: ArraySlice<Substring>) -> Range<Int>? {
        let margin = { (line: Substring) in line.prefix { $0 == " " || $0 == "-" }.count }
        guard let first = token.first, first.count > 1 else { return nil }
        let keys = token.indices.filter {
            margin(token[$0]) == margin(first) && token[$0].dropFirst(margin(first)).hasPrefix("secrets:")
        }
        guard keys.count == 1, let start = keys.first else { return nil }
        let isBehind = { (line: Substring) in
            line.prefix { $0 == " " }.count > margin(first) || line.dropFirst(margin(first)).hasPrefix("- ")
                || line.prefix { $0 == " " }.count == margin(first) && line.dropFirst(margin(first)).hasPrefix("-")
        }
        return start..<(token[(start + 1)...].firstIndex { !isBehind($0) } ?? token.endIndex)
    }
}

/// Why a list of API tokens was not changed, in words.
package struct APITokenEditError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

// How a token is written.
extension APIToken {
    /// As an item of a list over lines.
    fileprivate var lines: [Substring] {
        var lines = ["- id: \(Self.scalar(id))", "  user_id: \(Self.scalar(userID))"]
        if !roles.isEmpty { lines.append("  roles: [\(roles.map(Self.scalar).joined(separator: ", "))]") }
        if !scopes.isEmpty { lines.append("  scopes: [\(scopes.map(Self.scalar).joined(separator: ", "))]") }
        if let isVerified { lines.append("  verified: \(isVerified)") }
        if let isAnonymous { lines.append("  anonymous: \(isAnonymous)") }
        return lines.map { $0[...] } + secretLines(behind: "  ")
    }

    /// - Parameter margin: what stands before the key.
    fileprivate func secretLines(behind margin: Substring) -> [Substring] {
        let inner = String(repeating: " ", count: margin.count + 2)
        return ["\(margin)secrets:"]
            + secrets.map { secret in
                let expiry = secret.expiresAt.map(Self.time) ?? "none"
                return "\(inner)- { sha256: \(secret.digest.hex), expires: \(expiry) }"
            }
    }

    /// To the second, or to the microsecond where there is a rest.
    private static func time(_ moment: Timestamp) -> String {
        let second = Timestamp(seconds: moment.seconds)
        let text = second.rfc3339.prefix(19)
        let rest = moment.microseconds - second.microseconds
        return rest == 0 ? "\(text)Z" : "\(text).\(String(rest + 1_000_000).dropFirst())Z"
    }

    private static func scalar(_ bytes: [UInt8]) -> String { scalar(String(decoding: bytes, as: UTF8.self)) }

    /// A text of printable ASCII: plain where YAML can't take it for anything else, in quotes elsewhere.
    private static func scalar(_ text: String) -> String {
        let isWord = { (byte: UInt8) in byte.isDigit || (0x41...0x5A).contains(byte & 0xDF) }
        let isPlain =
            text.utf8.first.map(isWord) ?? false && text.utf8.last.map(isWord) ?? false
            && text.utf8.allSatisfy { isWord($0) || "-_.:/".utf8.contains($0) } && text.lowercased() != "null"
        guard !isPlain else { return text }
        return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
