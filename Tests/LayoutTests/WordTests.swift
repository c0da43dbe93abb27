import Foundation
import Testing

@Suite struct WordTests {
    /// What the sources never say, and why.
    @Test(arguments: [
        ("try!", "an error has a place to go"),
        ("as!", "a cast that may fail says what then"),
        ("fatalError", "an impossible state is named in words, and is no way out"),
        ("@testable", "package access is enough"),
        ("debugPrint(", "only the log and the commands' output go to the outside"),
        ("-Ounchecked", "there an out-of-bounds read carries on"),
    ])
    func `the sources never say it`(word: String, reason: String) {
        #expect(places(of: word, in: SourceTree.sources) == [], "\(reason)")
    }

    @Test(arguments: [
        ("@testable", "tests see what the package sees"),
        ("Task.sleep", "nobody sleeps but between two looks"), ("usleep", "nobody sleeps"),
        ("Thread.sleep", "nobody sleeps"), ("Task.yield", "a loop that only yields takes a core: waitUntil"),
    ])
    func `the tests never say it`(word: String, reason: String) {
        let files = SourceTree.tests.filter {
            $0.target != "LayoutTests" && $0.path != "Tests/Fixtures/WaitUntil.swift"
        }
        #expect(places(of: word, in: files) == [], "\(reason)")
    }

    @Test(arguments: ["@unchecked Sendable", "nonisolated(unsafe)"])
    func `only an owner of a C pointer vouches for being shared`(word: String) {
        let files = SourceTree.sources.filter { !places(of: word, in: [$0]).isEmpty }
        #expect(Set(files.map(\.target)).isSubset(of: ["JOSE", "Redis", "TLS"]))
    }

    @Test(arguments: SourceTree.targets.keys.sorted())
    func `each target says what it takes, what it gives and what it imports`(target: String) {
        let comments = SourceTree.targets[target, default: []].flatMap(\.docComments)
        let openings = comments.filter { comment in
            ["Takes ", "ives ", "mports "].allSatisfy { comment.contains($0) }
        }
        #expect(!openings.isEmpty)
    }

    @Test func `only commands print`() {
        #expect(places(of: "print(", in: SourceTree.sources.filter { $0.target != "AuthgearResolver" }) == [])
    }

    @Test func `a word is found where it begins a word, and not in comments`() {
        let file = SourceFile(path: "Sources/A/A.swift", text: "print(1)\nfingerprint(2)\n// print(3)\n  try! print(4)")
        #expect(places(of: "print(", in: [file]) == ["Sources/A/A.swift:1", "Sources/A/A.swift:4"])
        #expect(places(of: "try!", in: [file]) == ["Sources/A/A.swift:4"])
    }

    private func places(of word: String, in files: [SourceFile]) -> [String] {
        files.flatMap { file in
            file.code.enumerated().filter { _, line in
                guard let range = line.range(of: word) else { return false }
                return line[..<range.lowerBound].last.map { !$0.isLetter && !$0.isNumber } ?? true
            }
            .map { "\(file.path):\($0.offset + 1)" }
        }
    }
}
