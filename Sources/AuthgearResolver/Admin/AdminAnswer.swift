/// An answer of the admin listener.
struct AdminAnswer: Sendable {
    var status: Int
    var text: String
    var type = "text/plain; charset=utf-8"
}
