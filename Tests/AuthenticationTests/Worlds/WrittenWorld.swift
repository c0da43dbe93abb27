import Authentication
import Bytes
import Fixtures
import Foundation
import JOSE

/// What the store has of four persons, as the text that Authgear writes: of each a session cookie, an opaque token, an app
/// session and a JWT that ends with its session, all of them right. The rows of `WorldTable` change it.
struct WrittenWorld {
    enum Kind: String, CaseIterable { case access, app, grant, session, user, bearer }

    /// A record: whose, and of which kind.
    struct Name: Hashable {
        var kind: Kind
        var person = "1"
    }

    static let persons = ["1", "2", "3", "4"]

    /// The records that there are, and those that the store can't tell.
    private(set) var records: [Name: RecordTree] = [:]
    private var failures: [Name: StoreFailure] = [:]
    /// The ends of records that were not written to their ends.
    private var torn: Set<Name> = []
    private(set) var settings: Set<String> = []

    init() {
        for person in Self.persons {
            for kind in Kind.allCases where kind != .bearer {
                records[Name(kind: kind, person: person)] = Self.record(kind, person)
            }
        }
    }

    static func hash(_ text: some StringProtocol) -> String { text.sha256 }
    static func token(_ person: String) -> String { "T0ken\(person)" }
    static func appSession(_ person: String) -> String { "4ppSession\(person)" }
    static func cookie(_ person: String) -> String { "s\(person).secret" }

    static func key(_ name: Name) -> String {
        let person = name.person
        let end =
            switch name.kind {
            case .access: "access-grant:\(hash(token(person)))"
            case .app: "app-session:\(hash(appSession(person)))"
            case .grant: "offline-grant:g\(person)"
            case .session: "session:s\(person)"
            case .user: "userinfo:u\(person):__greatest__"
            case .bearer: "userinfo:u\(person):bearer"
            }
        return "app:my-project:\(end)"
    }

    /// A moment as Go writes it, in nanoseconds of the Unix time.
    static func time(_ nanoseconds: Int64) -> RecordTree {
        let (seconds, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let digits = fraction == 0 ? "" : "." + "00000000\(fraction)".suffix(9)
        let text = Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
        return .text("\"" + text.dropLast() + digits + "Z\"")
    }

    /// So many seconds before the time of the table.
    private static func ago(_ seconds: Int64) -> RecordTree { time((Desk.now.seconds - seconds) * 1_000_000_000) }

    /// One refresh token of a grant.
    static func refreshToken(_ initial: some StringProtocol, rotated: Substring?, scopes: RecordTree) -> RecordTree {
        var tree: RecordTree = [
            "token_hash": "\"\(hash(initial))\"", "client_id": "\"c1\"", "created_at": ago(3_600), "scopes": scopes,
            "authz_id": "\"9b1e\"", "dpop_jkt": "\"\"",
            "access_info": ["initial_access": ["time": ago(3_600)], "last_access": ["time": ago(60)]],
            "expire_at": "null",
        ]
        if let rotated {
            tree.set(["rotated_token_hash"], to: "\"\(hash(rotated))\"")
            tree.set(["rotated_at"], to: ago(600))
        }
        return tree
    }

    static let fullAccess: RecordTree = ["\"openid\"", "\"https://authgear.com/scopes/full-access\""]

    private static func record(_ kind: Kind, _ person: String) -> RecordTree {
        switch kind {
        case .access:
            [
                "app_id": "\"my-project\"", "authz_id": "\"9b1e\"", "session_id": "\"g\(person)\"",
                "session_kind": "\"offline_grant\"", "created_at": ago(60), "expire_at": ago(-1_740),
                "scopes": ["\"openid\""], "token_hash": "\"\(hash(token(person)))\"",
                "refresh_token_hash": "\"\(hash("r"))\"",
            ]
        case .app:
            [
                "app_id": "\"my-project\"", "offline_grant_id": "\"g\(person)\"", "created_at": ago(60),
                "expire_at": ago(-1_740), "token_hash": "\"\(hash(appSession(person)))\"",
                "refresh_token_hash": "\"\(hash("r"))\"",
            ]
        case .grant:
            [
                "app_id": "\"my-project\"", "id": "\"g\(person)\"", "client_id": "\"c1\"", "created_at": ago(3_600),
                "authenticated_at": time(1_795_000_000 * 1_000_000_000),
                "attrs": ["user_id": "\"u\(person)\"", "claims": ["amr": ["\"pwd\""]]],
                "access_info": ["initial_access": ["time": ago(3_600)], "last_access": ["time": ago(60)]],
                "device_info": ["ios": ["uname": ["machine": "\"iPhone13,1\""]]],
                "refresh_tokens": [refreshToken("r", rotated: nil, scopes: fullAccess)], "authz_id": "\"\"",
                "scopes": "null", "token_hash": "\"\"",
            ]
        case .session:
            [
                "id": "\"s\(person)\"", "app_id": "\"\"", "created_at": ago(3_600),
                "authenticated_at": time(1_795_000_000 * 1_000_000_000),
                "attrs": ["user_id": "\"u\(person)\"", "claims": ["amr": ["\"pwd\""]]],
                "access_info": ["initial_access": ["time": ago(3_600)], "last_access": ["time": ago(60)]],
                "token_hash": "\"\(hash(cookie(person)))\"",
            ]
        case .user, .bearer:
            [
                "user": [
                    "id": "\"u\(person)\"", "is_anonymous": "false", "is_verified": "true", "is_disabled": "false",
                    "can_reauthenticate": "true", "standard_attributes": [:], "roles": ["\"x\""],
                ],
                "effective_role_keys": ["\"stock_view\""], "identities": [],
            ]
        }
    }
}

// What a row changes, word by word; `WorldTable` explains the words.
extension WrittenWorld {
    mutating func change(_ word: Substring) throws {
        switch word.first {
        case "@": settings.insert(String(word.dropFirst()))
        case "-": for name in try names(word.dropFirst()) { records[name] = nil }
        case "+": for name in try names(word.dropFirst()) { records[name] = Self.record(name.kind, name.person) }
        default: try changeRecord(Self.abbreviations[word] ?? word)
        }
    }

    private static let abbreviations: [Substring: Substring] = [
        "idp": #"access.session_kind="idp_session" access.session_id="s1""#,
        "sso": #"grant.sso_enabled=true grant.idp_session_id="s1""#,
    ]

    private mutating func changeRecord(_ word: Substring) throws {
        for word in word.split(separator: " ") {
            if word.last == "{" {
                torn.formUnion(try names(word.dropLast()))
            } else if let mark = word.firstIndex(of: "!"), !word.contains("=") {
                let failure = StoreFailure.allCases.first { "\($0)" == word[word.index(after: mark)...] }
                guard let failure else { throw Misspelt(word: word) }
                for name in try names(word[..<mark]) { failures[name] = failure }
            } else {
                try setMember(word)
            }
        }
    }

    private mutating func setMember(_ word: Substring) throws {
        let parts = word.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { throw Misspelt(word: word) }
        let value = try Self.value(parts[1])
        let steps = parts[0].split(separator: ".")
        for name in try names(steps[0]) {
            guard steps.count > 1 else {
                records[name] = value
                continue
            }
            let path = steps.dropFirst().flatMap { Self.paths[$0] ?? [$0] }
            records[name]?.set(path[...], to: value)
        }
    }

    private static let paths: [Substring: [Substring]] = [
        "last": ["access_info", "last_access", "time"], "rt": ["refresh_tokens", "0"],
        "user_id": ["attrs", "user_id"], "claims": ["attrs", "claims"], "stale": ["account_status_stale_from"],
        "disabled": ["user", "is_disabled"],
    ]

    /// Such as `session` or `session2`; `both` is what the token and the app session begin with.
    private func names(_ text: Substring) throws -> [Name] {
        let person = text.last.flatMap { $0.isNumber ? String($0) : nil }
        let kind = person == nil ? text : text.dropLast()
        let kinds = kind == "both" ? [.access, .app] : Kind(rawValue: String(kind)).map { [$0] } ?? []
        guard !kinds.isEmpty else { throw Misspelt(word: text) }
        return kinds.map { Name(kind: $0, person: person ?? "1") }
    }

    private static func value(_ text: Substring) throws -> RecordTree? {
        if text == "absent" { return nil }
        if text == "unset" { return "\"0001-01-01T00:00:00Z\"" }
        if text == "full" { return fullAccess }
        if text == "long" { return .array((0..<300).map { "\"role_of_quite_some_length_\(1_000 + $0)\"" }) }
        if text == "all" { return claims(4) }
        if text == "three" { return claims(3) }
        if text.hasPrefix("#") { return "\"\(hash(text.dropFirst()))\"" }
        if text.hasPrefix("^") { return "\"\(hash(text.dropFirst()).uppercased())\"" }
        if text.hasPrefix("tokens:") { return .array(text.dropFirst(7).split(separator: ",").map(refreshToken)) }
        if text.hasPrefix("now") { return try moment(text) }
        return .text(String(text))
    }

    /// Such as `r`, `r>a` when it was rotated to a, `r-` without full access.
    private static func refreshToken(_ text: Substring) -> RecordTree {
        let isNarrow = text.last == "-"
        let hashes = (isNarrow ? text.dropLast() : text).split(separator: ">")
        return refreshToken(
            hashes[0], rotated: hashes.count > 1 ? hashes[1] : nil, scopes: isNarrow ? ["\"openid\""] : fullAccess)
    }

    private static func claims(_ count: Int) -> RecordTree {
        let prefix = "https://authgear.com/claims/user/"
        let claims: [(String, RecordTree)] = [
            ("is_anonymous", "false"), ("is_verified", "true"), ("can_reauthenticate", "true"),
            ("roles", ["\"stock_view\""]),
        ]
        return .object([("amr", ["\"pwd\""])] + claims[..<count].map { (prefix + $0.0, $0.1) })
    }

    /// Such as `now-364d-1ns`.
    private static func moment(_ text: Substring) throws -> RecordTree {
        let units: [Substring: Int64] = [
            "ns": 1, "us": 1_000, "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000,
            "d": 86_400_000_000_000,
        ]
        var (rest, moment) = (text.dropFirst(3), Desk.now.seconds * 1_000_000_000)
        while let sign = rest.first {
            let digits = rest.dropFirst().prefix { $0.isNumber }
            let unit = rest.dropFirst(1 + digits.count).prefix { $0.isLetter }
            guard let number = Int64(digits), let scale = units[unit], sign == "+" || sign == "-" else {
                throw Misspelt(word: text)
            }
            moment += (sign == "+" ? 1 : -1) * number * scale
            rest = rest.dropFirst(1 + digits.count + unit.count)
        }
        return time(moment)
    }
}

extension WrittenWorld {
    /// The store, as a desk has it: each text is read as the program reads it.
    var store: [String: RecordReply] {
        var store: [String: RecordReply] = [:]
        for (name, tree) in records { store[Self.key(name)] = Self.read(name, tree.text, isTorn: torn.contains(name)) }
        for (name, failure) in failures { store[Self.key(name)] = .unavailable(failure) }
        return store
    }

    private static func read(_ name: Name, _ text: String, isTorn: Bool) -> RecordReply {
        let key = key(name)
        let suffix = name.kind == .user ? ":__greatest__" : name.kind == .bearer ? ":bearer" : ""
        let prefix = key.split(separator: ":").prefix(3).joined(separator: ":").utf8.count + 1
        let kind: RecordQuery.Kind =
            switch name.kind {
            case .access: .accessGrant
            case .app: .appSession
            case .grant: .offlineGrant
            case .session: .session
            case .user, .bearer: .user
            }
        let query = RecordQuery(kind: kind, key: Array(key.utf8), id: prefix..<key.utf8.count - suffix.utf8.count)
        let bytes = Array((isTorn ? String(text.dropLast(text.count / 2)) : text).utf8)
        do throws(RecordError) {
            return .found(try Record(bytes.span.bytes, for: query))
        } catch {
            return .unreadable(error)
        }
    }
}

/// A word of the table that nobody understands.
struct Misspelt: Error, CustomStringConvertible {
    var word: Substring
    var description: String { "“\(word)” is no word of the table" }
}
