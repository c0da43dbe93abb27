import Authentication
import Bytes
import JOSE
import Yams

/// Reads a list of API tokens part by part: a parser that has only one of them in memory at a time needs a few megabytes for a list of
/// any length.
struct APITokenReading {
    /// How many tokens a part has at most.
    private static let tokensInPart = 500
    /// So many problems are told; a file with more has other worries.
    private static let maximumProblems = 100

    private let path: String
    private var tokens: [APIToken] = []
    private var problems: [Problem] = []
    /// How many there were so far, read or refused.
    private var count = 0
    private var ids: Set<String> = []
    private var digests: Set<SHA256Digest> = []

    /// Tokens by the digests of what is written of them.
    private let known: [SHA256Digest: APIToken]
    /// The same of this list.
    private(set) var blocks: [SHA256Digest: APIToken] = [:]

    init(path: String, knowing known: [SHA256Digest: APIToken]) { (self.path, self.known) = (path, known) }

    /// Whether reading on would only bring more problems.
    private var hasEnough: Bool { problems.count >= Self.maximumProblems || count > APITokenList.maximumCount }

    func finish() throws(ConfigurationError) -> [APIToken] {
        guard problems.isEmpty else {
            throw ConfigurationError(file: path, problems: Array(problems.prefix(Self.maximumProblems)))
        }
        return tokens
    }

    mutating func read(_ bytes: [UInt8]) throws(ConfigurationError) {
        var part: [(block: APITokenText.Block, digest: SHA256Digest)] = []
        for block in APITokenText.blocks(of: bytes) {
            let digest = SHA256Digest(of: bytes.span.bytes.extracting(block.range))
            if let token = known[digest] {
                try read(part, of: bytes)
                part = []
                if take(token, writtenAs: digest) { continue }
            }
            part.append((block, digest))
            guard part.count == Self.tokensInPart else { continue }
            try read(part, of: bytes)
            part = []
            if hasEnough { return }
        }
        try read(part, of: bytes)
    }

    /// Takes a token that was read before; one that is wrong in this list has to be read again, for its places.
    private mutating func take(_ token: APIToken, writtenAs digest: SHA256Digest) -> Bool {
        guard count < APITokenList.maximumCount, !ids.contains(token.id),
            !token.secrets.contains(where: { digests.contains($0.digest) })
        else { return false }
        ids.insert(token.id)
        digests.formUnion(token.secrets.map(\.digest))
        tokens.append(token)
        blocks[digest] = token
        count += 1
        return true
    }

    private mutating func read(
        _ part: [(block: APITokenText.Block, digest: SHA256Digest)], of bytes: [UInt8]
    ) throws(ConfigurationError) {
        guard let first = part.first?.block, let last = part.last?.block else { return }
        let before = tokens.count
        try read(
            String(decoding: bytes[first.range.lowerBound..<last.range.upperBound], as: UTF8.self), behind: first.line)
        guard tokens.count - before == part.count else { return }
        for (token, known) in zip(tokens[before...], part) { blocks[known.digest] = token }
    }

    private mutating func read(_ text: String, behind line: Int) throws(ConfigurationError) {
        do {
            try read(text, behind: line, doubled: [])
        } catch YamlError.duplicatedKeysInMapping {
            let unique = UniqueKeys(text)
            add(unique.problems, behind: line)
            do {
                try read(unique.text, behind: line, doubled: Set(unique.problems.map(\.place)))
            } catch {
                throw refusal(error, in: unique.text, behind: line)
            }
        } catch {
            throw refusal(error, in: text, behind: line)
        }
    }

    private func refusal(_ error: any Error, in text: String, behind line: Int) -> ConfigurationError {
        let problem = Problem(error, in: text).moved(down: line)
        return ConfigurationError(file: path, problems: problems + [problem])
    }

    private mutating func add(_ more: [Problem], behind line: Int) {
        problems += more.map { $0.moved(down: line) }
    }

    private mutating func read(_ text: String, behind line: Int, doubled: Set<Place>) throws {
        let reader = Reader(substitution: nil, folder: "", doubled: doubled, noting: NamedFiles())
        // The parser lives on meanwhile: nodes know their anchors only that long.
        let parser = try Parser(yaml: text, encoding: .utf8)
        let root = try parser.singleRoot()
        withExtendedLifetime(parser) { read(root, by: reader) }
        add(reader.problems, behind: line)
    }

    private mutating func read(_ root: Node?, by reader: Reader) {
        guard let root, let list = root.sequence, reader.accepts(root, key: "") else {
            // Nothing at all is more likely a file that is being written than a list without tokens.
            return reader.refuse(
                at: Place(root?.mark), key: "", "is not a list", allowed: "a list of tokens, [] when there are none")
        }
        for node in list {
            defer { count += 1 }
            let key = "[\(count)]"
            guard count < APITokenList.maximumCount else {
                return reader.refuse(
                    at: Place(node.mark), key: key, "is one too many",
                    allowed: "at most \(APITokenList.maximumCount) tokens")
            }
            guard reader.accepts(node, key: key) else { continue }
            guard let mapping = node.mapping else {
                reader.refuse(at: Place(node.mark), key: key, "is not a mapping", allowed: "key: value pairs")
                continue
            }
            let section = Section(mapping, key: key, reader: reader)
            if let token = read(section) { tokens.append(token) }
            section.close()
        }
    }

    /// Nil when something that has to be there could not be read.
    private mutating func read(_ section: Section) -> APIToken? {
        let id = section.required("id", as: .apiTokenID)
        let userID = section.required("user_id", as: .userID)
        let roles = section.list("roles", as: .role, count: 0...1_000)
        let scopes = section.list("scopes", as: .scope, count: 0...1_000)
        let isVerified = section.optional("verified", as: .flag)
        let isAnonymous = section.optional("anonymous", as: .flag)
        let secrets = readSecrets(of: section)
        if let id, !ids.insert(id).inserted { section.refuse("id", "is another token's too", allowed: "each id once") }
        guard let id, let userID, let secrets else { return nil }
        var token = APIToken(id: id, userID: Array(userID.utf8), secrets: secrets)
        token.roles = (roles ?? []).map { Array($0.utf8) }
        token.scopes = (scopes ?? []).map { Array($0.utf8) }
        (token.isVerified, token.isAnonymous) = (isVerified, isAnonymous)
        return token
    }

    private mutating func readSecrets(of section: Section) -> [APIToken.Secret]? {
        guard section.has("secrets") else {
            section.missing("secrets", allowed: "a list of one secret, or two while it is being rotated")
            return nil
        }
        var secrets: [APIToken.Secret] = []
        section.sections("secrets", count: 1...2) { section in
            let digest = section.required("sha256", as: .digest)
            let expiry = section.required("expires", as: .expiry)
            if let digest, !digests.insert(digest).inserted {
                section.refuse("sha256", "is listed before", allowed: "each digest once")
            }
            if let digest, let expiry { secrets.append(APIToken.Secret(digest: digest, expiresAt: expiry)) }
        }
        return secrets.isEmpty ? nil : secrets
    }
}

extension Problem {
    /// The same, so many lines further down.
    fileprivate func moved(down lines: Int) -> Problem {
        var problem = self
        problem.place.line += lines
        return problem
    }
}

extension Form where Value == String {
    /// What the operator calls a token.
    static var apiTokenID: Form {
        Form(allowed: "1 to 128 visible ASCII characters") { text throws(Misfit) in
            guard !text.isEmpty else { throw Misfit("is empty") }
            guard text.utf8.count <= 128 else { throw Misfit("is too long") }
            guard text.utf8.allSatisfy(\.isVisible) else { throw Misfit("has a character that is not visible ASCII") }
            return text
        }
    }

    static var userID: Form { headerValue(forbidding: nil) }
    static var role: Form { headerValue(forbidding: UInt8(ascii: ",")) }

    /// What can be a header's value (contract section 3).
    private static func headerValue(forbidding separator: UInt8?) -> Form {
        let allowed =
            "1 to 1024 printable ASCII characters without a space at an end\(separator == nil ? "" : " or a comma")"
        return Form(allowed: allowed) { text throws(Misfit) in
            guard !text.isEmpty else { throw Misfit("is empty") }
            guard text.utf8.count <= 1024 else { throw Misfit("is too long") }
            guard text.utf8.allSatisfy({ $0.isPrintable && $0 != separator }) else {
                throw Misfit("has a character that can't stand in its header")
            }
            guard !text.hasPrefix(" "), !text.hasSuffix(" ") else { throw Misfit("has a space at an end") }
            return text
        }
    }
}

extension Form where Value == SHA256Digest {
    static var digest: Form {
        let allowed = "the SHA-256 of the whole secret in 64 hexadecimal digits"
        // Somebody may have written the secret itself.
        return Form(allowed: allowed, isSecret: true) { text throws(Misfit) in
            guard let digest = SHA256Digest(hex: Array(text.utf8).span.bytes) else { throw Misfit("is not a digest") }
            return digest
        }
    }
}

extension Form where Value == Timestamp? {
    static var expiry: Form {
        Form(allowed: "a time such as 2027-03-01T00:00:00Z, or none for a secret that never ends") {
            text throws(Misfit) in
            if text == "none" { return nil }
            guard let time = Timestamp(rfc3339: Array(text.utf8).span.bytes) else { throw Misfit("is not a time") }
            return time
        }
    }
}
