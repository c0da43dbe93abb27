package import JOSE

/// An identity server, as far as its tokens are concerned: what its claims are called (contract section 14).
///
/// Data: each place is what the server documents. What a server does not state has no place.
package enum ClaimProfile: String, CaseIterable, Sendable {
    case authgear, keycloak, auth0, okta, entra, cognito, zitadel, logto, authentik, supabase, clerk, firebase

    package var places: ClaimPlaces {
        switch self {
        case .authgear: Self.authgearPlaces
        case .keycloak: Self.keycloakPlaces
        case .auth0: Self.auth0Places
        case .okta: Self.oktaPlaces
        case .entra: Self.entraPlaces
        case .cognito: Self.cognitoPlaces
        case .zitadel: Self.zitadelPlaces
        case .logto: Self.logtoPlaces
        case .authentik: Self.authentikPlaces
        case .supabase: Self.supabasePlaces
        case .clerk: Self.clerkPlaces
        case .firebase: Self.firebasePlaces
        }
    }

    private static let authgearPlaces: ClaimPlaces = {
        let user = "https://authgear.com/claims/user/"
        var places = ClaimPlaces()
        places.anonymous = ClaimPlace(user + "is_anonymous")
        places.verified = ClaimPlace(user + "is_verified")
        places.canReauthenticate = ClaimPlace(user + "can_reauthenticate")
        places.roles = ClaimPlace(user + "roles", takesSingle: false)
        places.authenticationMethods = ClaimPlace("amr", takesSingle: false)
        return places
    }()

    private static let keycloakPlaces: ClaimPlaces = {
        var places = ClaimPlaces()
        places.required = [RequiredClaim("typ", is: .text(Array("Bearer".utf8)))]
        places.verified = ClaimPlace("email_verified")
        places.roles = ClaimPlace("realm_access", "roles")
        places.client = ClaimPlace("azp")
        return places
    }()

    private static let auth0Places: ClaimPlaces = {
        var places = ClaimPlaces()
        places.roles = ClaimPlace("permissions")
        places.authenticationMethods = nil
        places.authenticatedAt = nil
        places.client = ClaimPlace("azp", or: ClaimPlace("client_id"))
        return places
    }()

    private static let oktaPlaces: ClaimPlaces = {
        var places = ClaimPlaces()
        places.userID = ClaimPlace("uid", or: ClaimPlace("sub"))
        places.roles = ClaimPlace("groups")
        places.scopes = ClaimPlace("scp")
        places.authenticationMethods = nil
        places.client = ClaimPlace("cid")
        return places
    }()

    private static let entraPlaces: ClaimPlaces = {
        var places = ClaimPlaces()
        places.userID = ClaimPlace("oid")
        places.roles = ClaimPlace("roles")
        places.scopes = ClaimPlace("scp", reading: .split(UInt8(ascii: " ")))
        places.contexts = ClaimPlace("acrs")
        places.client = ClaimPlace("azp", or: ClaimPlace("appid"))
        return places
    }()

    private static let cognitoPlaces: ClaimPlaces = {
        var places = ClaimPlaces()
        places.audience = Array("client_id".utf8)
        places.required = [RequiredClaim("token_use", is: .text(Array("access".utf8)))]
        places.roles = ClaimPlace("cognito:groups")
        places.authenticationMethods = nil
        return places
    }()

    private static let zitadelPlaces: ClaimPlaces = {
        var places = ClaimPlaces()
        places.verified = ClaimPlace("email_verified")
        places.roles = ClaimPlace("urn:zitadel:iam:org:project:roles", reading: .names)
        places.client = ClaimPlace("client_id", or: ClaimPlace("azp"))
        return places
    }()

    private static let logtoPlaces: ClaimPlaces = {
        var places = ClaimPlaces()
        places.authenticationMethods = nil
        places.authenticatedAt = nil
        return places
    }()

    private static let authentikPlaces: ClaimPlaces = {
        var places = ClaimPlaces()
        places.verified = ClaimPlace("email_verified")
        places.roles = ClaimPlace("groups")
        places.client = ClaimPlace("azp")
        return places
    }()

    private static let supabasePlaces: ClaimPlaces = {
        var places = ClaimPlaces()
        places.anonymous = ClaimPlace("is_anonymous")
        places.roles = ClaimPlace("role")
        places.authenticationMethods = ClaimPlace("amr", reading: .each(Array("method".utf8)))
        places.authenticatedAt = nil
        places.scopes = nil
        places.client = nil
        return places
    }()

    private static let clerkPlaces: ClaimPlaces = {
        var places = ClaimPlaces()
        places.audience = Array("azp".utf8)
        places.roles = ClaimPlace("o", "rol")
        places.authenticationMethods = nil
        places.authenticatedAt = nil
        places.scopes = nil
        places.client = ClaimPlace("azp")
        return places
    }()

    private static let firebasePlaces: ClaimPlaces = {
        let provider = ["firebase", "sign_in_provider"].map { Array($0.utf8) }
        var places = ClaimPlaces()
        places.anonymous = ClaimPlace(provider, reading: .equals(.text(Array("anonymous".utf8))))
        places.verified = ClaimPlace("email_verified")
        places.authenticationMethods = ClaimPlace(provider)
        places.scopes = nil
        places.client = nil
        return places
    }()
}
