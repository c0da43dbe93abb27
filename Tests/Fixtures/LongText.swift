/// A text that is long on purpose. As an argument of a test it is described by its beginning and its length: a run of the tests
/// writes down each argument.
package struct LongText: Sendable, CustomStringConvertible {
    /// Shorter ones are described whole.
    private static let whole = 200

    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String {
        let count = text.utf8.count
        return count <= Self.whole
            ? text.debugDescription : "\(text.prefix(60).debugDescription) and so on, \(count) bytes"
    }
}
