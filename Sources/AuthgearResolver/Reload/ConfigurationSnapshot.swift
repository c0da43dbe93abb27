import Authentication
import HTTP1
package import JOSE
import NIOConcurrencyHelpers

/// The configuration that holds at a moment, and which one it is.
package struct ConfigurationSnapshot: Sendable {
    package var configuration: Configuration
    /// Counts the configurations that were adopted, from 1 on.
    package var generation: UInt64
    /// SHA-256 of the file's bytes as written, in hexadecimal; empty when there is no file.
    package var sha256: String
    /// What the file says, without its secrets, as JSON.
    package var redacted: [UInt8]
    /// The issuers' numbers, then the cookies', in the order of the configuration.
    package var issuerIDs: [IssuerID]
    /// Who may be named in the log.
    let issuerNames: Set<[UInt8]>

    init(_ loaded: LoadedConfiguration, generation: UInt64, issuerIDs: [IssuerID]) {
        configuration = loaded.configuration
        sha256 = loaded.sha256
        redacted = loaded.redacted
        self.generation = generation
        self.issuerIDs = issuerIDs
        issuerNames = Set(loaded.configuration.issuers.map { Array($0.identifier.utf8) })
    }
}

extension ConfigurationSnapshot {
    /// What the resolver of one worker decides by.
    var resolverSettings: ResolverSettings {
        configuration.resolverSettings(issuerIDs: issuerIDs)
    }

    /// The resolver of one worker.
    ///
    /// - Parameter replays: the same one for each.
    func resolver(apiTokens: APITokenList?, replays: SharedReplayMemory) -> Resolver {
        var settings = resolverSettings
        settings.apiTokens = apiTokens
        return Resolver(settings, renderer: HTTP1Renderer(), replays: replays)
    }
}

/// The configuration of the moment, for all that look at it now and then: replaced whole.
final class CurrentConfiguration: Sendable {
    private let box: NIOLockedValueBox<ConfigurationSnapshot>

    init(_ snapshot: ConfigurationSnapshot) {
        box = NIOLockedValueBox(snapshot)
    }

    var snapshot: ConfigurationSnapshot { box.withLockedValue(\.self) }
    var configuration: Configuration { snapshot.configuration }

    func adopt(_ snapshot: ConfigurationSnapshot) {
        box.withLockedValue { $0 = snapshot }
    }
}
