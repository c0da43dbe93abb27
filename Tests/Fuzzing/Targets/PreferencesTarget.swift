import Bytes
import HTTP1

extension FuzzTarget {
    /// Weights stay in their range, names are there and in lower case, and without quotes the items are what splitting at commas and
    /// semicolons finds.
    static let preferences = FuzzTarget(name: "preferences") { input in
        let bytes = [UInt8](copying: input)
        let text = String(decoding: bytes, as: UTF8.self)
        let preferences = Preferences(text)
        expect(preferences.items.count <= Preferences.maximumItems + 1, "the items are bounded")
        for item in preferences.items {
            expect(0...1_000 ~= item.weight, "a weight has a range")
            expect(!item.name.isEmpty && item.name == item.name.lowercased(), "a name is in lower case")
            expect(item.parameters["q"] == nil, "a weight is no parameter")
            expect(preferences.weight(of: item.name) ?? -1 >= item.weight, "the most counts")
        }
        if preferences.wants(coding: "gzip") {
            expect(
                preferences.items.contains { ["gzip", "*"].contains($0.name) && $0.weight > 0 }, "who wants says so")
        }
        guard !bytes.contains(UInt8(ascii: "\"")) else { return }
        // By bytes: of characters, a comma and an accent behind it are one.
        let names = text.utf8.split(separator: UInt8(ascii: ",")).map {
            $0.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[0]
        }
        let sent = names.map { Array(String(decoding: $0, as: UTF8.self).lowercased().utf8) }
        for item in preferences.items {
            expect(sent.contains { $0.contains(Array(item.name.utf8)) }, "an item is one that was sent")
        }
    }
}
