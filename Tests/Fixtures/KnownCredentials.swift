/// The credentials that a test's store has records for, and the keys and the hash by which these lead to an offline grant.
package protocol KnownCredentials {}

extension KnownCredentials {
    package static var token: String { "T0ken0123456789abcdefghijklmnopq" }
    package static var appSession: String { "AppSess10n23456789abcdefghijklmn" }
    /// Of the refresh token that both were made with.
    package static var refreshToken: String { "refresh".sha256 }
    package static var accessGrantKey: String { "app:my-project:access-grant:\(token.sha256)" }
    package static var appSessionKey: String { "app:my-project:app-session:\(appSession.sha256)" }

    package static func hash(_ text: some StringProtocol) -> String { text.sha256 }
}
