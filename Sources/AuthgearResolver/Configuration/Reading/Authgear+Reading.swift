import Questions

extension Configuration.Authgear {
    /// Nil when the endpoint is missing or could not be read.
    init?(from section: Section) {
        var isInsecure = false
        section.read("insecure", as: .flag, into: &isInsecure)
        let endpoint = section.required("endpoint", as: .authgearURL(isInsecureAllowed: isInsecure))
        // Without an endpoint the rest is read all the same, for what is wrong with it.
        guard let url = endpoint ?? (try? FetchURL("https://authgear.invalid")) else { return nil }
        self.init(endpoint: url)
        self.isInsecure = isInsecure
        section.read("host", as: .host, into: &host)
        section.read("timeout", as: .duration(.milliseconds(10) ... .seconds(60)), into: &timeout)
        section.read("connections", as: .count(1...1_024), into: &connections)
        section.read("waiting", as: .count(1...1_000_000), into: &waiting)
        section.read("user_max_stale", as: .duration(.zero ... .seconds(86_400)), into: &userMaxStale)
        section.read("touch", as: .durationOrNone(.seconds(1) ... .seconds(365 * 86_400)), into: &touch)
        section.read("max_age", as: .duration(.milliseconds(100) ... .seconds(3_600)), into: &maxAge)
        if endpoint == nil { return nil }
    }
}

extension Form where Value == FetchURL {
    /// Where Authgear's resolver is.
    fileprivate static func authgearURL(isInsecureAllowed: Bool) -> Form {
        let allowed =
            "an https URL such as https://my-project.authgear.cloud/_resolver/resolve; http on loopback, or with insecure: true"
        return Form(allowed: allowed) { text throws(Misfit) in
            do throws(FetchURL.Problem) {
                return try FetchURL(text, isInsecureAllowed: isInsecureAllowed)
            } catch .insecure {
                throw Misfit("is http on a host that is not loopback, where credentials could be read on the way")
            } catch {
                throw Misfit("is not an https URL")
            }
        }
    }
}

extension Form where Value == String {
    /// What a `Host` field holds (RFC 9110 section 7.2).
    fileprivate static var host: Form {
        Form(allowed: "a host such as auth.example.com, with its port when it has one") { text throws(Misfit) in
            guard let url = try? FetchURL("https://\(text)"), url.authority == text.lowercased() else {
                throw Misfit("is not a host")
            }
            return url.authority
        }
    }
}
