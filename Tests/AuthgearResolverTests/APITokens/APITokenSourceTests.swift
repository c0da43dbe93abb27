import Authentication
import AuthgearResolver
import Fixtures
import Foundation
import Testing

/// Which list holds, and what is said of its file.
@Suite struct APITokenSourceTests {
    private static func text(_ ids: String...) -> String {
        ids.isEmpty
            ? "[]"
            : ids.map { "- { id: \($0), user_id: u, secrets: [{ sha256: \($0.sha256), expires: none }] }\n" }.joined()
    }

    private let folder = TemporaryDirectory()
    private var file: APITokenFile { APITokenFile(path: "\(folder.path)/tokens.yaml") }

    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: file.path), options: .atomic)
    }

    private static func ids(_ source: APITokenSource) -> [String]? { source.list?.tokens.map(\.id) }

    @Test func `without API tokens there is no list`() {
        let source = APITokenSource(nil)
        #expect(source.list == nil && source.problem == nil)
        #expect(source.figures.count == 0 && source.figures.done == 0)
    }

    @Test func `a file with an error leaves the list of before, and says so until it is mended`() throws {
        try write(Self.text("a", "b"))
        let source = APITokenSource(file.read())
        #expect(Self.ids(source) == ["a", "b"] && source.figures.count == 2 && source.figures.done == 1)
        try write(Self.text("a", "a"))
        let torn = file.read()
        for _ in 0..<2 { source.update(torn) }
        #expect(Self.ids(source) == ["a", "b"])
        #expect(source.figures.isRefused && source.figures.refused == 1)
        #expect(
            source.problem
                == "api tokens: \(file.path):2:9: [1].id: is another token's too; allowed: each id once (and 1 more); "
                + "the list of before holds")
        try write(Self.text())
        source.update(file.read(after: torn))
        #expect(Self.ids(source) == [] && source.problem == nil && !source.figures.isRefused)
        #expect(source.figures.done == 2)
    }

    @Test func `a file that is gone leaves the list of before`() throws {
        try write(Self.text("a"))
        let source = APITokenSource(file.read())
        try FileManager.default.removeItem(atPath: file.path)
        source.update(file.read())
        #expect(Self.ids(source) == ["a"])
        #expect(source.problem?.contains("can't be read: no such file or directory") == true)
    }

    @Test func `what is known of a list changes nothing of what is read`() throws {
        var tokens = (0..<40).map {
            "- { id: t\($0), user_id: u, secrets: [{ sha256: \("\($0)".sha256), expires: none }] }\n"
        }
        try write("# Ours.\n" + tokens.joined())
        var known = file.read()
        let changes: [(inout [String]) -> Void] = [
            { $0.append($0[3]) }, { $0.removeLast() }, { $0.remove(at: 7) }, { $0.insert("# the next\n", at: 20) },
            { $0.swapAt(1, 30) }, { $0[5] = $0[5].replacing("t5", with: "t6") }, { $0[5] = "- x\n" },
            { $0.remove(at: 5) },
            { $0[9] = "- id: a\n  id: a\n" }, { $0[9] = "- [\n" }, { $0.remove(at: 9) }, { $0.removeAll() },
        ]
        for change in changes {
            change(&tokens)
            try write("# Ours.\n" + tokens.joined())
            known = file.read(after: known)
            #expect(known.tokens == file.read().tokens)
        }
    }

    @Test func `the same bytes are the same list`() throws {
        try write(Self.text("a"))
        let first = file.read()
        let source = APITokenSource(first)
        let list = source.list
        try write(Self.text("a"))
        source.update(file.read(after: first))
        #expect(source.list === list && source.figures.done == 1)
    }

    @Test func `what was read earlier does not undo what was read later`() throws {
        try write(Self.text("a"))
        let source = APITokenSource(file.read())
        try write(Self.text("a", "b"))
        let earlier = file.read()
        try write(Self.text())
        let later = file.read()
        source.update(later)
        source.adopt(earlier)
        source.update(earlier)
        #expect(Self.ids(source) == [])
        try write(Self.text("c"))
        source.adopt(file.read())
        #expect(Self.ids(source) == ["c"])
    }

    @Test func `another file is another list, or none`() throws {
        try write(Self.text("a"))
        let first = file.read()
        let source = APITokenSource(first)
        let other = APITokenFile(path: "\(folder.path)/other.yaml")
        try Data(Self.text("b").utf8).write(to: URL(filePath: other.path))
        source.adopt(other.read())
        #expect(Self.ids(source) == ["b"])
        // What was read of the former one comes too late.
        source.update(first)
        #expect(Self.ids(source) == ["b"])
        source.adopt(nil)
        #expect(source.list == nil)
        source.update(other.read())
        #expect(source.list == nil)
    }
}
