import Testing

@Suite struct ImportTests {
    @Test(arguments: SourceTree.sources)
    func `a file imports what the table allows its target`(file: SourceFile) throws {
        let allowed = try #require(ImportTable.allowed[file.target], "the table does not know \(file.target)")
        let platform = ImportTable.pure.contains(file.target) ? [] : ImportTable.platform
        #expect(Set(file.imports).subtracting(allowed).subtracting(platform) == [])
    }

    @Test func `the table knows the targets that there are`() {
        #expect(Set(ImportTable.allowed.keys) == Set(SourceTree.targets.keys))
    }

    @Test(arguments: ImportTable.systemLibraries)
    func `each C library is visible in one target`(library: String) {
        #expect(ImportTable.allowed.values.filter { $0.contains(library) }.count == 1)
    }

    @Test func `the table's arrows form no circle, and values import values alone`() {
        for target in ImportTable.pure {
            let others = ImportTable.allowed[target, default: []].subtracting(ImportTable.systemLibraries)
            #expect(others.isSubset(of: ImportTable.pure))
        }
        var rest = ImportTable.allowed.mapValues { $0.intersection(ImportTable.allowed.keys) }
        while let leaf = rest.first(where: { $0.value.isEmpty })?.key {
            rest[leaf] = nil
            rest = rest.mapValues { $0.subtracting([leaf]) }
        }
        #expect(rest.isEmpty)
    }

    @Test func `Foundation is imported nowhere in the sources`() {
        let files = SourceTree.sources.filter { file in file.imports.contains { $0.hasPrefix("Foundation") } }
        #expect(files.map(\.path) == [])
    }

    @Test(arguments: [
        ("import NIOCore", ["NIOCore"]), ("package import Bytes", ["Bytes"]), ("@preconcurrency import Yams", ["Yams"]),
        ("private import struct Foundation.URL", ["Foundation"]), ("    import Indented", ["Indented"]),
        ("// import Comment", []), ("import A  // for b", ["A"]), ("important()", []), ("let import = 1", []),
    ])
    func `an import is seen in each way to write it`(line: String, modules: [String]) {
        #expect(SourceFile(path: "Sources/A/A.swift", text: line).imports == modules)
    }
}
