/// An answer of the admin listener. Its length and the end of its connection are the listener's to say.
package struct AdminAnswer: Sendable {
    package static let plainText = "text/plain; charset=utf-8"

    package var status: Int
    /// In the order in which they are sent.
    package var fields: [(name: String, value: String)]
    /// What a HEAD is answered without.
    package var body: [UInt8]

    package init(status: Int = 200, body: [UInt8], type: String) {
        self.status = status
        self.body = body
        fields = [("Content-Type", type)]
    }

    package init(status: Int = 200, text: String, type: String = plainText) {
        self.init(status: status, body: Array(text.utf8), type: type)
    }

    /// A line of text for each.
    package init(status: Int = 200, lines: [String]) {
        self.init(status: status, text: lines.map { "\($0)\n" }.joined())
    }
}
