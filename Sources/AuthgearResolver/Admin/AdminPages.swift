/// A page of the admin listener: where it is, by what it is asked for, and what it answers.
package struct AdminPage: Sendable {
    package enum Method: Sendable {
        /// It tells something: asked for by GET, and by HEAD.
        case get
        /// It changes something.
        case post

        /// As `Allow` lists them (RFC 9110 section 10.2.1).
        var names: [String] {
            switch self {
            case .get: ["GET", "HEAD"]
            case .post: ["POST"]
            }
        }
    }

    package let path: String
    package let method: Method
    let answer: @Sendable (AdminRequest) async -> AdminAnswer

    package init(
        _ path: String, by method: Method = .get, answer: @escaping @Sendable (AdminRequest) async -> AdminAnswer
    ) {
        self.path = path
        self.method = method
        self.answer = answer
    }
}

/// What the admin listener has; the process says which pages there are.
package struct AdminPages: Sendable {
    private let pages: [AdminPage]

    package init(_ pages: [AdminPage]) {
        self.pages = pages
    }

    /// The path decides, then the method.
    package func answer(to request: AdminRequest) async -> AdminAnswer {
        guard let page = pages.first(where: { $0.path == request.path }) else {
            return AdminAnswer(status: 404, text: "there are \(Self.list(pages.map(\.path)))\n")
        }
        let allowed = page.method.names
        guard allowed.contains(request.method) else {
            var answer = AdminAnswer(status: 405, text: "only \(Self.list(allowed))\n")
            answer.fields.append(("Allow", allowed.joined(separator: ", ")))
            return answer
        }
        var answer = await page.answer(request)
        GzipEncoding.encode(&answer, accepting: request.acceptEncoding)
        return answer
    }

    private static func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.joined() }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}
