extension GatewayRow {
    /// All rows: what single requests can show. Outages, connections, HTTP/2 and WebSockets are `GatewayTests`' own.
    static let table: [GatewayRow] =
        spoofing + others + trailers + hops + asking + paths + policies + bodies + large + lines + statuses + hidden

    static let names = [
        "session-valid", "user-id", "user-anonymous", "user-verified", "user-can-reauthenticate", "user-roles",
        "session-amr", "session-authenticated-at", "allowed", "refused", "assertion",
    ]

    /// Ways to write a name that a backend, or what stands between, may take for it.
    private static let spellings: [(String, @Sendable (String) -> String)] = [
        ("plain", { $0 }), ("upper case", { $0.uppercased() }), ("underscores", { $0.replacing("-", with: "_") }),
        ("upper case and underscores", { $0.uppercased().replacing("-", with: "_") }),
        ("one underscore", { $0.replacing("x-authgear", with: "x_authgear") }),
        ("another underscore", { $0.replacing("authgear-", with: "authgear_") }),
        ("dots", { $0.replacing("-", with: ".") }), ("tildes", { $0.replacing("-", with: "~") }),
        ("mixed", { $0.replacing("x-", with: "x.").replacing("r-", with: "r_") }),
    ]

    private static let spoofing = spellings.flatMap { spelling in
        let fields = names.map { spelling.1("x-authgear-\($0)") + ": spoofed" }
        return [
            GatewayRow(.eight, "a stranger, \(spelling.0)", .nobody, at: .resolve, fields: fields),
            GatewayRow(.eight, "a user, \(spelling.0)", .session, at: .require, fields: fields),
            GatewayRow(.eight, "nobody asked, \(spelling.0)", .session, at: .clear, fields: fields),
        ]
            + (spelling.0 == "plain"
                ? [
                    GatewayRow(.eight, "twice", .nobody, at: .resolve, fields: fields + fields),
                    GatewayRow(.eight, "twice, nobody asked", .nobody, at: .clear, fields: fields + fields),
                    GatewayRow(.eight, "who is invalid", .invalid, at: .resolve, fields: fields),
                    GatewayRow(.eight, "a user without roles", .plain, at: .resolve, fields: fields),
                    GatewayRow(.eight, "under a policy", .token, at: .policy, fields: fields),
                ] : [])
    }

    private static let outside = ["user-role", "resolver-error", "admin", "login", "a"]
    private static let others = ["-", "_", "."].flatMap { between in
        let fields = outside.map { "x\(between)authgear\(between)\($0): spoofed" }
        return [
            GatewayRow(.others, "a stranger, \(between)", .nobody, at: .resolve, fields: fields),
            GatewayRow(.others, "a user, \(between)", .token, at: .require, fields: fields),
            GatewayRow(.othersUnasked, "nobody asked, \(between)", .nobody, at: .clear, fields: fields),
        ]
    }

    private static let trailers = [Place.resolve, .require, .clear].map { place in
        var row = GatewayRow(
            .trailers, "a trailer at \(place.rawValue)", .session, at: place, method: "POST",
            fields: ["Transfer-Encoding: chunked", "Trailer: x-authgear-user-id"],
            body: "5\r\nhello\r\n0\r\nx-authgear-user-id: spoofed\r\nx_authgear_user_roles: spoofed\r\n\r\n",
            orStatuses: [400, 501])
        row.arrivingBody = "hello"
        return row
    }

    private static let hops = [Place.resolve, .require].flatMap { place in
        ["x-authgear-user-id", "close, X-Authgear-User-Id, x-authgear-user-roles"].map { value in
            GatewayRow(
                .hops, "Connection: \(value) at \(place.rawValue)", .session, at: place,
                fields: ["Connection: \(value)"], orStatuses: [400])
        }
    }

    private static let asking = [Place.resolve, .require, .clear].flatMap { place in
        Sender.all.map { sender in
            let turnsAway = place == .require && [.nobody, .invalid, .forged].contains(sender)
            return GatewayRow(turnsAway ? .strangers : .places, "\(sender) at \(place.rawValue)", sender, at: place)
        }
    }

    /// As a stranger: what is meant is a place for known users.
    private static let paths = [
        "/public/../account/x", "/public/%2e%2e/account/x", "/public/.%2E/account/x", "/./account/x", "/x/../account/x",
        "/public/..%2faccount/x", "/%61ccount/x", "/acc%6Funt/x", "//account/x", "/%2Faccount/x", "/account%2fx",
    ].map { path in
        var row = GatewayRow(.paths, path, .nobody, at: .require, orStatuses: [400, 403, 404, 301, 302, 307, 308])
        row.path = path
        return row
    }

    private static let policies = Sender.all.map { sender in
        GatewayRow(.policies, "\(sender) under a policy", sender, at: .policy)
    }

    private static let long = String(repeating: "0123456789", count: 30_000)
    private static let bodies = [Place.resolve, .require, .clear].flatMap { place in
        let rows = [
            GatewayRow(
                .bodies, "300 kB at \(place.rawValue)", .session, at: place, method: "POST",
                fields: ["Content-Length: \(long.utf8.count)"], body: long),
            GatewayRow(
                .bodies, "300 kB in chunks at \(place.rawValue)", .session, at: place, method: "PUT",
                fields: ["Transfer-Encoding: chunked"],
                body: (0..<10).map { _ in "7530\r\n\(long.prefix(30_000))\r\n" }.joined() + "0\r\n\r\n"),
        ]
        return rows.map { row in
            var row = row
            row.arrivingBody = long
            return row
        }
    }

    private static let large = [Place.resolve, .require].flatMap { place in
        [
            GatewayRow(.large, "a token of 12 kB at \(place.rawValue)", .longToken, at: place),
            GatewayRow(.large, "a token of 16 kB at \(place.rawValue)", .longestToken, at: place),
            GatewayRow(
                .large, "14 kB of cookies at \(place.rawValue)", .session, at: place,
                fields: ["Cookie: b=\(long.prefix(14_000))"]),
        ]
    }

    private static let lines = [Place.resolve, .require].flatMap { place in
        [
            GatewayRow(
                .lines, "the session comes second at \(place.rawValue)", .session, at: place, fields: ["Cookie: b=2"]),
            GatewayRow(
                .lines, "the session comes third at \(place.rawValue)", .session, at: place,
                fields: ["Cookie: b=2", "cookie: c=3; d=4"]),
        ]
    }

    private static let statuses = [401, 500, 503].flatMap { status in
        [Place.resolve, .require, .clear].map { place in
            var row = GatewayRow(
                .statuses, "the backend's \(status) at \(place.rawValue)", .session, at: place, path: "status/\(status)"
            )
            row.backendStatus = status
            return row
        }
    }

    private static let hidden = [Place.resolve, .require, .policy].flatMap { place in
        Sender.all.map { GatewayRow(.hidden, "\($0) at \(place.rawValue)", $0, at: place) }
            // A gateway that answers TRACE itself shows the fields that are for the backend (RFC 9110 section 9.3.8).
            + [
                GatewayRow(
                    .hidden, "TRACE at \(place.rawValue)", .session, at: place, method: "TRACE",
                    fields: ["Max-Forwards: 0"], orStatuses: [400, 403, 405, 501])
            ]
    }
}
