package import Authentication
package import Questions

extension Configuration {
    /// An issuer's userinfo endpoint, which is asked for what its tokens lack (contract section 22).
    package struct Userinfo: Sendable {
        /// Nil: discovery finds it.
        package var endpoint: FetchURL?
        /// How long an answer is kept.
        package var maxAge = Duration.seconds(300)
        /// What becomes of a token when the endpoint does not say.
        package var missing = MissingUser.unavailable
        package var limits = AskLimits()
        /// What is asked for.
        package var claims: UserinfoClaims

        package init(for claims: UserinfoClaims) { self.claims = claims }

        /// What differs where another server or by other rules is asked, so that what was remembered holds no longer.
        var terms: String {
            "userinfo\n\(endpoint?.text ?? "")\n\(maxAge)\n\(missing.rawValue)\n\(claims)"
        }
    }
}
