import Authentication
import Bytes
import JOSE
import Yams

/// What a claim is for, and so how its place may be written.
enum ClaimUse {
    case text, flag, time, list, header

    /// Whether its value may be made of another one's parts.
    fileprivate var isList: Bool { self == .list || self == .header }
    fileprivate var isComparable: Bool { self == .flag || self == .header }

    fileprivate var allowed: String {
        "a claim's name, a list of 1 to \(ClaimPlace.maximumSteps) names, or a mapping with claim"
            + (isList ? ", split, keys, each" : "") + (isComparable ? ", equals" : "")
            + ", or" + (self == .header ? ", encode" : "")
    }
}

extension Section {
    /// What an issuer's claims are called: its profile's names, but for those that are given; and where these are, but for the
    /// user's id.
    func claimPlaces() -> (all: ClaimPlaces, named: [ClaimPlace]) {
        var profile = ClaimProfile.authgear
        read("profile", as: .choice, into: &profile)
        var (places, named) = (profile.places, [] as [ClaimPlace])
        section("claims") { named = $0.readFields(into: &places) }
        if let audience = optional("audience_claim", as: .claimName) { places.audience = Array(audience.utf8) }
        readRequiredClaims(into: &places)
        section("headers") { section in
            section.limit(to: 16, "headers")
            for name in section.names { section.readHeader(name).map { places.headers.append($0) } }
        }
        return (places, named)
    }

    /// Reads where the fields stand.
    ///
    /// - Returns: the places that were read, but for that of the user's id.
    func readFields(into places: inout ClaimPlaces) -> [ClaimPlace] {
        place("user_id", for: .text).map { places.userID = $0 }
        let fields: [(name: String, use: ClaimUse, path: WritableKeyPath<ClaimPlaces, ClaimPlace?>)] = [
            ("anonymous", .flag, \.anonymous), ("verified", .flag, \.verified),
            ("can_reauthenticate", .flag, \.canReauthenticate), ("roles", .list, \.roles),
            ("amr", .list, \.authenticationMethods), ("authenticated_at", .time, \.authenticatedAt),
            ("scopes", .list, \.scopes), ("acr", .list, \.contexts), ("client", .text, \.client),
        ]
        return fields.compactMap { name, use, path in
            guard let place = place(name, for: use) else { return nil }
            places[keyPath: path] = place
            return place
        }
    }

    /// Where a claim stands, if that is said.
    func place(_ name: String, for use: ClaimUse) -> ClaimPlace? {
        node(name).flatMap { reader.claimPlace(of: $0.node, key: $0.key, for: use) }
    }

    /// Reads a list of claims, each by its name or by the names of its steps.
    func claimPaths(_ name: String) -> [ClaimPlace] {
        let allowed = "a list of 1 to 16 claims, each a name or a list of 1 to \(ClaimPlace.maximumSteps) names"
        guard let (node, key) = node(name) else { return [] }
        guard let sequence = node.sequence, (1...16).contains(sequence.count) else {
            refuse(name, "is not such a list", allowed: allowed)
            return []
        }
        return sequence.enumerated().compactMap { index, node in
            reader.claimPath(of: node, key: "\(key)[\(index)]", allowed: allowed).map { ClaimPlace($0) }
        }
    }

    /// Adds to what the profile asks for; the same name replaces.
    private func readRequiredClaims(into places: inout ClaimPlaces) {
        section("required_claims") { section in
            section.limit(to: 16, "claims")
            for name in section.names {
                guard let (node, key) = section.node(name),
                    let value = reader.value(of: node, key: key, as: .claimValue(isPlain: node.isPlain))
                else { continue }
                let claim = RequiredClaim(name, is: value)
                places.required.removeAll { $0.name == claim.name }
                places.required.append(claim)
            }
        }
    }

    private func readHeader(_ name: String) -> ClaimHeader? {
        guard let (node, key) = node(name) else { return nil }
        if let problem = HeaderName.problem(with: name) {
            refuse(name, problem, allowed: HeaderName.allowed)
            return nil
        }
        var encoding = ClaimHeader.Encoding.percent
        let place = reader.claimPlace(of: node, key: key, for: .header) { section, place in
            section.read("encode", as: .choice, into: &encoding)
            if encoding == .base64url, place.reading != .whole {
                section.refuse("encode", "is for the value as it was sent", allowed: "percent, none")
            }
        }
        return place.map { ClaimHeader(name, from: $0, encoding: encoding) }
    }

    /// Refuses a section with more keys than that.
    func limit(to count: Int, _ things: String) {
        guard names.count > count else { return }
        reader.refuse(at: place, key: key, "has \(names.count) \(things)", allowed: "at most \(count)")
    }
}

extension Reader {
    /// Where a claim stands; nil when that was refused.
    ///
    /// - Parameter more: reads what else a mapping may hold.
    fileprivate func claimPlace(
        of node: Node, key: String, for use: ClaimUse, more: (Section, ClaimPlace) -> Void = { _, _ in }
    ) -> ClaimPlace? {
        guard let mapping = node.mapping else {
            return claimPath(of: node, key: key, allowed: use.allowed).map { ClaimPlace($0) }
        }
        let section = Section(mapping, key: key, reader: self)
        defer { section.close() }
        let allowed = "a claim's name, or a list of names"
        if !section.has("claim") { section.missing("claim", allowed: allowed) }
        let path = section.node("claim").flatMap { claimPath(of: $0.node, key: $0.key, allowed: allowed) }
        let reading = section.claimReading(for: use)
        let other = section.node("or").flatMap { claimPlace(of: $0.node, key: $0.key, for: use) }
        guard let path else { return nil }
        let place = ClaimPlace(path, reading: reading, or: other)
        more(section, place)
        return place
    }

    fileprivate func claimPath(of node: Node, key: String, allowed: String) -> [[UInt8]]? {
        guard let sequence = node.sequence else {
            let form = Form<String>(allowed: allowed) { text throws(Misfit) in
                try Form<String>.claimName.parse(text)
            }
            return value(of: node, key: key, as: form).map { [Array($0.utf8)] }
        }
        guard (1...ClaimPlace.maximumSteps).contains(sequence.count) else {
            refuse(at: Place(node.mark), key: key, "has \(sequence.count) steps", allowed: allowed)
            return nil
        }
        let names = sequence.enumerated().compactMap { index, step in
            value(of: step, key: "\(key)[\(index)]", as: .claimName)
        }
        return names.count == sequence.count ? names.map { Array($0.utf8) } : nil
    }
}

extension Section {
    private enum Separator: String, CaseIterable {
        case space, comma

        var byte: UInt8 { self == .space ? UInt8(ascii: " ") : UInt8(ascii: ",") }
    }

    /// How the value is read.
    fileprivate func claimReading(for use: ClaimUse) -> ClaimPlace.Reading {
        var readings: [(name: String, reading: ClaimPlace.Reading)] = []
        if use.isList {
            if let separator = optional("split", as: .choice as Form<Separator>) {
                readings.append(("split", .split(separator.byte)))
            }
            if optional("keys", as: .flag) == true { readings.append(("keys", .names)) }
            if let name = optional("each", as: .claimName) { readings.append(("each", .each(Array(name.utf8)))) }
        }
        if use.isComparable, let (node, key) = node("equals"),
            let value = reader.value(of: node, key: key, as: .claimValue(isPlain: node.isPlain))
        {
            readings.append(("equals", .equals(value)))
        }
        if readings.count > 1 { refuse(readings[1].name, "stands beside \(readings[0].name)", allowed: "one of them") }
        return readings.first?.reading ?? .whole
    }
}

extension Node {
    /// Whether it is written without quotes, so that it may be a number or a boolean.
    fileprivate var isPlain: Bool { scalar?.style == .plain }
}

extension Form where Value == String {
    /// The name of a claim: any, also with dots, colons and slashes.
    static var claimName: Form {
        Form(allowed: "a claim's name of at most 256 bytes") { text throws(Misfit) in
            guard text.utf8.count <= 256 else { throw Misfit("is too long") }
            return text
        }
    }
}

extension Form where Value == ClaimValue {
    /// A string, a number or a boolean, as JSON tells them apart.
    ///
    /// - Parameter isPlain: whether it is written without quotes.
    static func claimValue(isPlain: Bool) -> Form {
        let allowed =
            "a text of at most 1024 bytes, a number below 2^53, true or false; a text that looks like one in quotes"
        return Form(allowed: allowed) { text throws(Misfit) in
            guard text.utf8.count <= 1024 else { throw Misfit("is too long") }
            guard isPlain else { return .text(Array(text.utf8)) }
            switch text {
            case "true": return .boolean(true)
            case "false": return .boolean(false)
            default:
                guard let first = text.utf8.first, first.isDigit || first == UInt8(ascii: "-"),
                    let number = Double(text), number.isFinite
                else { return .text(Array(text.utf8)) }
                guard number.magnitude < 0x1p53 else { throw Misfit("is too large") }
                return .number(number)
            }
        }
    }
}
