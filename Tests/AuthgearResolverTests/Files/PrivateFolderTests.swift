import AuthgearResolver
import Foundation
import Testing

@Suite struct PrivateFolderTests {
    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    /// Looks at a folder while it is there; gives its path.
    private func look(_ files: [String: [UInt8]], _ body: (borrowing PrivateFolder) throws -> Void) throws -> String {
        let folder = try PrivateFolder.make(files)
        try body(folder)
        return folder.path
    }

    @Test func `it holds its files, for this user alone, until it is gone`() throws {
        let path = try look(["a": [1, 2], "b": []]) { folder in
            let (one, other) = (folder.path(of: "a"), folder.path(of: "b"))
            #expect(try Data(contentsOf: URL(filePath: one)) == Data([1, 2]))
            #expect(try Data(contentsOf: URL(filePath: other)).isEmpty)
            let modes = try [folder.path, one, other].map(mode)
            #expect(modes == [0o700, 0o600, 0o600])
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `two of them are not the same`() throws {
        _ = try look([:]) { one in
            let path = one.path
            _ = try look([:]) { other in #expect(path != other.path) }
        }
    }
}
