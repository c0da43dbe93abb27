import Bytes

/// Reads an array of strings that a reader has passed over before, so that only its types are in question.
enum StringArray {
    /// The strings, unescaped; nil when one of the elements is no string.
    static func read(_ text: RawSpan) -> [[UInt8]]? {
        do throws(JSONError) {
            var reader = JSONReader(text)
            guard try reader.enterArray() else { return nil }
            var strings: [[UInt8]] = []
            while try reader.nextElement() {
                guard let string = try reader.readString() else { return nil }
                strings.append(string.copy())
            }
            return strings
        } catch {
            return nil
        }
    }
}
