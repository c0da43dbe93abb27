import Bytes

/// A request's cookies that are credentials, as places in its head, in the order in which they are tried: by kind, and as they
/// come. Found in one pass over the head; nothing is allocated.
struct CookieCredentials {
    /// How many cookies of one name are tried.
    static let maximumOfKind = 4

    private static let kinds: InlineArray<3, CredentialKind> = [.appSession, .appAccessToken, .session]

    /// Four places for each of the three kinds.
    private var places = InlineArray<12, FieldValue>(repeating: FieldValue(start: 0, end: 0))
    private var counts = InlineArray<3, Int>(repeating: 0)
    /// Which comes next.
    private var (kind, number) = (0, 0)

    init(of request: ResolveRequest, named names: CookieNames, in head: RawSpan) {
        var fields = request.fields.cookies
        while let field = fields.next(in: head) {
            var scanner = CookieScanner(field)
            while let (kind, value) = scanner.next(among: names, in: head) {
                let index = Int(kind.rawValue - CredentialKind.appSession.rawValue)
                guard counts[index] < Self.maximumOfKind else { continue }
                places[index * Self.maximumOfKind + counts[index]] = value
                counts[index] += 1
            }
        }
    }

    mutating func next() -> (kind: CredentialKind, value: FieldValue)? {
        while kind < Self.kinds.count {
            guard number < counts[kind] else {
                (kind, number) = (kind + 1, 0)
                continue
            }
            defer { number += 1 }
            return (Self.kinds[kind], places[kind * Self.maximumOfKind + number])
        }
        return nil
    }
}
