/// The state of everything.
extension AdminPage {
    private static let failure = "the state could not be collected\n"

    /// For people: an HTML page, of which a browser may do nothing but show it.
    package static func status(_ tell: @escaping @Sendable () async throws -> StatusReport) -> AdminPage {
        AdminPage("/status") { _ in
            guard let report = try? await tell() else { return AdminAnswer(status: 500, text: failure) }
            var answer = AdminAnswer(text: StatusPage(report).text, type: "text/html; charset=utf-8")
            answer.fields += [
                ("Content-Security-Policy", StatusPage.contentSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
            ]
            return answer
        }
    }

    /// For programs: the same as JSON.
    package static func statusForPrograms(
        _ tell: @escaping @Sendable () async throws -> StatusReport
    ) -> AdminPage {
        AdminPage("/status.json") { _ in
            guard let report = try? await tell() else { return AdminAnswer(status: 500, text: failure) }
            var answer = AdminAnswer(body: report.json.bytes, type: "application/json")
            answer.fields.append(("Cache-Control", "no-store"))
            return answer
        }
    }
}
