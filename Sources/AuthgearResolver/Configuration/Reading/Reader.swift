import Yams

/// Collects what is wrong while the sections of one file are read, so that all of it can be said at once.
final class Reader {
    private(set) var problems: [Problem] = []
    /// Where anchors were refused; aliases lead there again.
    private var anchored: Set<Place> = []
    /// Where keys stand that come again in their mapping: they are refused, and not read.
    let doubled: Set<Place>
    private let substitution: Substitution?
    /// Where relative paths in the file start; without a slash at its end.
    let folder: String
    /// Where each key stands.
    private(set) var places: [String: Place] = [:]
    /// Where values stand that are read as secrets, right or wrong; URLs that hold one are none.
    private(set) var secrets: Set<Place> = []
    /// The values into which files were put, by their keys.
    private(set) var fileTexts: [String: FileText] = [:]
    private let files: NamedFiles

    /// - Parameters:
    ///   - substitution: nil: texts mean what is written.
    ///   - files: gets what the file names, as far as it is read once.
    init(substitution: Substitution?, folder: String, doubled: Set<Place> = [], noting files: NamedFiles) {
        self.substitution = substitution
        self.doubled = doubled
        self.folder = folder
        self.files = files
    }

    func note(_ key: String, at place: Place) {
        places[key] = place
    }

    /// The configuration rests on what this file holds.
    func note(file path: String) {
        files.add(path)
    }

    func refuse(at place: Place, key: String, _ message: String, allowed: String? = nil) {
        problems.append(Problem(at: place, key: key, message, allowed: allowed))
    }

    /// The value of a scalar; nil when it was refused.
    func value<Value>(of node: Node, key: String, as form: Form<Value>) -> Value? {
        guard accepts(node, key: key) else { return nil }
        guard let scalar = node.scalar else {
            let kind = node.sequence == nil ? "a mapping" : "a list"
            refuse(at: Place(node.mark), key: key, "is \(kind)", allowed: form.allowed)
            return nil
        }
        guard !scalar.isNull else {
            refuse(at: Place(node.mark), key: key, "has no value", allowed: form.allowed)
            return nil
        }
        return value(of: scalar, key: key, as: form)
    }

    private func value<Value>(of scalar: Node.Scalar, key: String, as form: Form<Value>) -> Value? {
        if form.isSecret, !form.isURL { secrets.insert(Place(scalar.mark)) }
        var subject = "the value"
        do throws(Misfit) {
            let expansion = try substitution?.expand(scalar.string) ?? Substitution.Expansion(text: scalar.string)
            let isShown = !form.isSecret && !expansion.isSubstituted && !Self.mayBeSecret(expansion.text)
            if isShown { subject = Self.quote(expansion.text) }
            fileTexts[key] = fileText(of: expansion)
            return try form.parse(expansion.text)
        } catch {
            let message = "\(subject) \(error.predicate)"
            refuse(at: Place(scalar.mark), key: key, message, allowed: error.allowed ?? form.allowed)
            return nil
        }
    }

    /// Nil when no file was put in.
    private func fileText(of expansion: Substitution.Expansion) -> FileText? {
        let parts = expansion.parts.map { part in
            if case .file(let path) = part, !path.hasPrefix("/") {
                FileText.Part.file("\(folder)/\(path)")
            } else {
                part
            }
        }
        let text = FileText(parts)
        return text.files.isEmpty ? nil : text
    }

    /// What may be meant by a text where a list is wanted, to be said behind what is allowed; empty when nothing can be said,
    /// or when it may be a secret.
    func listHint<Value>(for scalar: Node.Scalar, of form: Form<Value>) -> String {
        let text = scalar.string
        guard !scalar.isNull, !form.isSecret, !text.contains("$"), !Self.mayBeSecret(text) else { return "" }
        do throws(Misfit) {
            _ = try form.parse(text)
            return "; did you mean [\(Self.quote(text))]?"
        } catch {
            return "; \(Self.quote(text)) \(error.predicate)"
        }
    }

    /// Refuses what YAML has and a configuration doesn't need: anchors, so that a small file can't be a large
    /// configuration, and tags.
    func accepts(_ node: Node, key: String) -> Bool {
        let place = Place(node.mark)
        if node.anchor != nil {
            guard anchored.insert(place).inserted else { return false }
            refuse(at: place, key: key, "has a YAML anchor", allowed: "values written out, without & and *")
            return false
        }
        if let scalar = node.scalar, scalar.hasForeignTag {
            refuse(at: place, key: key, "has a YAML tag", allowed: "values without !")
            return false
        }
        return true
    }

    /// Whether it looks like a URL with a password or a query in it, or like an API token.
    private static func mayBeSecret(_ text: String) -> Bool {
        text.contains("@") || text.contains("?") || text.contains("agr_")
    }

    /// A key that nobody knows, for a message. What can't be one is cut off: without the space behind its colon, a value
    /// is a part of its key, such as `url:redis://:password@host`.
    static func shown(key: String) -> String {
        let name = name(in: key)
        return name == key ? name : name + "…"
    }

    /// What may be the name in such a key.
    static func name(in key: String) -> String {
        let name = key.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.${}".contains($0)) }
        return name.contains("agr_") ? "" : String(name.prefix(64))
    }

    /// A text for a message: in quotes, on one line, not endless.
    static func quote(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let shown = scalars.prefix(60).map { $0.properties.isWhitespace || $0.value < 0x20 ? " " : String($0) }
        return "\"\(shown.joined())\(scalars.count > 60 ? "…" : "")\""
    }
}

extension Node.Scalar {
    /// Whether nothing stands there, or YAML's word for nothing.
    fileprivate var isNull: Bool {
        style == .plain && ["", "~", "null", "Null", "NULL"].contains(string)
    }

    /// Whether a tag other than that of a string was written.
    fileprivate var hasForeignTag: Bool {
        tag != .implicit && tag != Tag(.str)
    }
}
