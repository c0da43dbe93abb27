import Authentication
import AuthgearResolver
import Foundation
import JOSE
import Testing

/// The pages on identity servers: what they say to configure here is read as it stands.
@Suite struct IdentityPageTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../docs/identity").standardized

    private static func blocks(_ name: String) throws -> [String] {
        let text = try String(contentsOf: folder.appending(path: "\(name).md"), encoding: .utf8)
        return text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
    }

    @Test func `there is a page for each profile but Authgear's`() throws {
        let pages = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(
            Set(pages) == Set(ClaimProfile.allCases.filter { $0 != .authgear }.map { "\($0.rawValue).md" }))
    }

    @Test(arguments: ClaimProfile.allCases.filter { $0 != .authgear })
    func `a page's configuration is read, names its profile, and no policy of it is out of reach`(
        profile: ClaimProfile
    ) throws {
        let blocks = try Self.blocks(profile.rawValue)
        #expect(!blocks.isEmpty)
        for block in blocks {
            let read = try configuration(block)
            var places = read.issuers[0].claims.places
            places.headers = []
            if profile == .firebase { places.roles = nil }
            #expect(read.issuers.count == 1 && places == profile.places)
            #expect(!read.policies.isEmpty)
            #expect(Finding.hints(onPoliciesOf: read) == [])
        }
    }
}
