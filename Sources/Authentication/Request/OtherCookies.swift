import Bytes

/// A request's cookies whose sessions other servers know, in the order of the servers, as places in its head. Looked for one after
/// another; nothing is allocated.
struct OtherCookies {
    private let fields: CookieFields
    private var rest: CookieFields
    private var scanner: CookieScanner?
    /// Whose comes next, and how many of that name there were.
    private var (server, count) = (0, 0)

    init(in fields: CookieFields) {
        self.fields = fields
        rest = fields
    }

    /// The next one: the place of its name among all, and where its value stands in `head`; nil when there is none left.
    ///
    /// - Parameter names: the same each time.
    @inline(__always)
    mutating func next(named names: [[UInt8]], in head: RawSpan) -> (server: Int, value: FieldValue)? {
        while server < names.count {
            while count < CookieCredentials.maximumOfKind {
                if let value = scanner?.next(named: names[server], in: head) {
                    count += 1
                    return (server, value)
                }
                guard let field = rest.next(in: head) else { break }
                scanner = CookieScanner(field)
            }
            (server, count, scanner, rest) = (server + 1, 0, nil, fields)
        }
        return nil
    }
}
