import Trust
import Yams

/// One mapping of the file, read key by key.
///
/// What can't be read is refused with its place and left at its default, so that reading goes on. `close` refuses the
/// keys that nobody asked for.
final class Section {
    let reader: Reader
    /// The whole key of this section; empty for the file itself.
    let key: String
    let place: Place
    private var entries: [String: Entry] = [:]
    /// The keys that were asked for, in that order.
    private var known: [String] = []

    private struct Entry {
        /// Where the key stands.
        var place: Place
        var node: Node
    }

    init(_ mapping: Node.Mapping, key: String, reader: Reader) {
        self.reader = reader
        self.key = key
        self.place = Place(mapping.mark)
        for (name, node) in mapping {
            guard let text = name.scalar?.string else {
                reader.refuse(at: Place(name.mark), key: key, "has a key that is not text")
                continue
            }
            guard !reader.doubled.contains(Place(name.mark)) else { continue }
            entries[text] = Entry(place: Place(name.mark), node: node)
            reader.note(path(text), at: Place(name.mark))
        }
    }

    // MARK: Values

    /// Reads a value, if it is there.
    func read<Value>(_ name: String, as form: Form<Value>, into value: inout Value) {
        if let read = optional(name, as: form) { value = read }
    }

    /// Reads a value; nil when it is absent or was refused.
    func optional<Value>(_ name: String, as form: Form<Value>) -> Value? {
        entry(name).flatMap { reader.value(of: $0.node, key: path(name), as: form) }
    }

    /// Reads a value that has to be there; nil when it is absent, which is refused, or was refused.
    func required<Value>(_ name: String, as form: Form<Value>) -> Value? {
        guard has(name) else {
            missing(name, allowed: form.allowed)
            return nil
        }
        return optional(name, as: form)
    }

    /// Reads a list without repetitions; nil when it is absent or none of it could be read.
    ///
    /// - Parameter conflict: why the first can't stand beside the second; nil when it can.
    func list<Value: Hashable>(
        _ name: String, as form: Form<Value>, count: ClosedRange<Int>,
        conflict: (Value, Value) -> String? = { _, _ in nil }
    ) -> [Value]? {
        let hint = entry(name)?.node.scalar.map { reader.listHint(for: $0, of: form) } ?? ""
        let allowed = "a list of \(count.lowerBound) to \(count.upperBound), each \(form.allowed)\(hint)"
        guard let nodes = nodes(name, count: count, allowed: allowed) else { return nil }
        var seen: Set<Value> = []
        var values: [Value] = []
        for (index, node) in nodes.enumerated() {
            let key = "\(path(name))[\(index)]"
            guard let value = reader.value(of: node, key: key, as: form) else { continue }
            guard seen.insert(value).inserted else {
                reader.refuse(at: Place(node.mark), key: key, "is listed twice", allowed: "each once")
                continue
            }
            if let message = values.compactMap({ conflict(value, $0) }).first {
                reader.refuse(at: Place(node.mark), key: key, message, allowed: "one of the two")
            }
            values.append(value)
        }
        return values.isEmpty ? nil : values
    }

    // MARK: Sections

    /// Reads a section, if it is there, and closes it.
    func section(_ name: String, body: (Section) -> Void) {
        guard let entry = entry(name) else { return }
        subsection(entry.node, key: path(name)).map { section in
            body(section)
            section.close()
        }
    }

    /// Reads a list of sections, and closes each.
    func sections(_ name: String, count: ClosedRange<Int>, body: (Section) -> Void) {
        let allowed = "a list of \(count.lowerBound) to \(count.upperBound) mappings"
        guard let nodes = nodes(name, count: count, allowed: allowed) else { return }
        for (index, node) in nodes.enumerated() {
            subsection(node, key: "\(path(name))[\(index)]").map { section in
                body(section)
                section.close()
            }
        }
    }

    /// Reads a mapping whose keys are names that the operator chose, a section for each, and closes each.
    func namedSections(_ name: String, body: (String, Section) -> Void) {
        section(name) { names in
            for name in names.entries.keys.sorted() { names.section(name) { body(name, $0) } }
        }
    }

    /// Refuses the keys that nobody asked for.
    func close() {
        for (text, entry) in entries where !known.contains(text) {
            let name = Reader.shown(key: text)
            let guess = Spelling.question(about: Reader.name(in: text), among: known)
            let allowed = known.joined(separator: ", ")
            reader.refuse(at: entry.place, key: path(name), "unknown key\(guess)", allowed: allowed)
        }
    }

    // MARK: Contradictions

    func has(_ name: String) -> Bool {
        entry(name) != nil
    }

    /// Refuses a key for what it means together with others; at the section's place when the key is absent.
    func refuse(_ name: String, _ message: String, allowed: String? = nil) {
        let place = entry(name).map { Place($0.node.mark) } ?? place
        reader.refuse(at: place, key: path(name), message, allowed: allowed)
    }

    func missing(_ name: String, allowed: String) {
        reader.refuse(at: place, key: path(name), "missing", allowed: allowed)
    }

    /// An absolute path: one that is relative starts at the folder of the configuration file.
    func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(reader.folder)/\(path)"
    }

    /// The file that a value names, if it is there.
    func file(_ name: String) -> NamedFile? {
        optional(name, as: .path).map { NamedFile(dependency($0), key: path(name)) }
    }

    /// The same of one that has to be there; nil when it is absent, which is refused, or was refused.
    func requiredFile(_ name: String) -> NamedFile? {
        required(name, as: .path).map { NamedFile(dependency($0), key: path(name)) }
    }

    /// The absolute path of a file that the configuration rests on.
    func dependency(_ path: String) -> String {
        reader.note(file: absolute(path))
        return absolute(path)
    }

    /// The value of a key that was read, to be read again; nil when no file was put into it.
    func fileText(_ name: String) -> FileText? { reader.fileTexts[path(name)] }

    // MARK: Nodes

    /// The keys that there are.
    var names: [String] { entries.keys.sorted() }

    /// The value of a key as YAML has it, and its whole key; nil when it is absent or was refused.
    func node(_ name: String) -> (node: Node, key: String)? {
        guard let entry = entry(name), reader.accepts(entry.node, key: path(name)) else { return nil }
        return (entry.node, path(name))
    }

    private func path(_ name: String) -> String {
        key.isEmpty ? name : "\(key).\(name)"
    }

    private func entry(_ name: String) -> Entry? {
        if !known.contains(name) { known.append(name) }
        return entries[name]
    }

    private func nodes(_ name: String, count: ClosedRange<Int>, allowed: String) -> [Node]? {
        guard let entry = entry(name), reader.accepts(entry.node, key: path(name)) else { return nil }
        guard let sequence = entry.node.sequence else {
            reader.refuse(at: Place(entry.node.mark), key: path(name), "is not a list", allowed: allowed)
            return nil
        }
        guard count.contains(sequence.count) else {
            let message = sequence.isEmpty ? "is empty" : "is a list of \(sequence.count)"
            reader.refuse(at: Place(entry.node.mark), key: path(name), message, allowed: allowed)
            return nil
        }
        return Array(sequence)
    }

    private func subsection(_ node: Node, key: String) -> Section? {
        guard reader.accepts(node, key: key) else { return nil }
        guard let mapping = node.mapping else {
            reader.refuse(at: Place(node.mark), key: key, "is not a mapping", allowed: "key: value pairs")
            return nil
        }
        return Section(mapping, key: key, reader: reader)
    }
}
