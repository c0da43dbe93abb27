/// The files for Traefik, as templates.
enum TraefikTexts {
    static let files = [("traefik.yaml", statics), ("dynamic.yaml", dynamic)]
    /// Those for a resolver that speaks TLS, beside them.
    static let securedFiles = [("dynamic-h2.yaml", secured)]

    /// `traefik.yaml`.
    static let statics = #"""
        # Traefik's static configuration: a %example%.
        # As it stands%start%:
        #
        #     traefik --configFile=%folder%/traefik.yaml
        #
        # It needs the resolver on %address% (dynamic.yaml) and a backend on 127.0.0.1:8000.
        entryPoints:
          web:
            address: 127.0.0.1:8080
            http:
              # x_authgear_user_id, which WSGI, CGI and PHP can't tell from x-authgear-user-id, is taken away.
              aliasHeadersStrategy: delete
              # A backend may take %2F for a slash, and another path to be meant than the one that stands there.
              encodedCharacters:
                allowEncodedSlash: false
                allowEncodedBackSlash: false
          # The way to the resolver. Traefik's own question has a time-out of 30 s and makes 500 of an outage, both fixed in its source;
          # here they can be set.
          authgear:
            address: 127.0.0.1:4179
            # What Traefik itself says of the client and of its request would be taken away here.
            forwardedHeaders:
              trustedIPs: [127.0.0.1/32]
        providers:
          file:
            # Where it is, as seen from where Traefik is started.
            filename: %folder%/dynamic.yaml
        ping:
          manualRouting: true
        global:
          checkNewVersion: false
          sendAnonymousUsage: false

        """#

    /// `dynamic.yaml`: asks by way of an entry point on loopback.
    static let dynamic =
        hopHead
        + middlewares.replacing("%asked%", with: "http://127.0.0.1:4179").replacing("%tls%\n", with: "")
        + outage + "\n  routers:\n" + hopRouters + "\n" + routers
        + "\n  services:\n" + hopServices + backend + "\n" + transport

    /// `dynamic-h2.yaml`: asks the resolver itself, behind TLS.
    static let secured =
        securedHead
        + middlewares.replacing("%asked%", with: "https://%secure-address%").replacing("%tls%\n", with: trust)
        + "\n  routers:\n" + routers + "\n  services:\n" + backend

    /// What `dynamic.yaml` is.
    private static let hopHead = #"""
        # Where Traefik asks the resolver, and how: `middlewares` of your own routers.

        """#

    /// What `dynamic-h2.yaml` is.
    private static let securedHead = #"""
        # Where Traefik asks the resolver over HTTP/2: in place of dynamic.yaml, and traefik.yaml then needs neither the entry point
        # `authgear` nor `ping`. Cheaper, but an outage is 500, and after 30 s where the resolver hangs: forwardAuth has both fixed.
        #
        # It needs the resolver on https://%secure-address% (`listen`), with a certificate for that address (`tls.server`) by this CA.

        """#

    /// Whose certificate the resolver shows.
    private static let trust = #"""
                # Traefik keeps HTTP/2 to what speaks TLS alone.
                tls:
                  ca: /etc/authgear-resolver/ca.pem

        """#

    /// What asks, clears and hides.
    private static let middlewares = #"""
        http:
          middlewares:
            # Tells the backend who is calling; strangers pass, without a name.
            authgear-resolve:
              forwardAuth:
                address: %asked%/resolve
        %tls%
                # The resolver learns the client's address from Traefik alone.
                trustForwardHeader: false
                authRequestHeaders: [Authorization, Cookie, User-Agent%traefik-fields%]
                # Each field whose name begins so is taken away from the request before those of the answer are set.
                authResponseHeadersRegex: "(?i)^x[^a-z0-9]authgear[^a-z0-9]%go-alternatives%"
                # Answers have no body. Of a longer one, as of a page of your own for an outage, Traefik makes 401.
                maxResponseBodySize: 1024
            # The same, but strangers are turned away.
            authgear-require:
              forwardAuth:
                address: %asked%/require
        %tls%
                # The resolver learns the client's address from Traefik alone.
                trustForwardHeader: false
                authRequestHeaders: [Authorization, Cookie, User-Agent%traefik-fields%]
                # Each field whose name begins so is taken away from the request before those of the answer are set.
                authResponseHeadersRegex: "(?i)^x[^a-z0-9]authgear[^a-z0-9]%go-alternatives%"
                # Answers have no body. Of a longer one, as of a page of your own for an outage, Traefik makes 401.
                maxResponseBodySize: 1024
        %policies%
            # The same, and an access policy judges, too.
            authgear-policy-%policy%:
              forwardAuth:
                address: %asked%/policy/%policy%/require
        %tls%
                # The resolver learns the client's address from Traefik alone.
                trustForwardHeader: false
                authRequestHeaders: [Authorization, Cookie, User-Agent%traefik-fields%]
                # Each field whose name begins so is taken away from the request before those of the answer are set.
                authResponseHeadersRegex: "(?i)^x[^a-z0-9]authgear[^a-z0-9]%go-alternatives%"
                # Answers have no body. Of a longer one, as of a page of your own for an outage, Traefik makes 401.
                maxResponseBodySize: 1024
        %end%
            # For places that ask nobody: takes away what the client says under the resolver's names.
            authgear-clear:
              headers:
                customRequestHeaders:
                  %name%: ""
            # What the resolver answers is for the backend alone. Stands before the ones that ask.
            authgear-hide:
              headers:
                customResponseHeaders:
                  %name%: ""
                  x-authgear-resolver-error: ""
                  x-authgear-login: ""

        """#

    /// What becomes of an outage behind the entry point.
    private static let outage = #"""
            # When the resolver is not there or does not answer, nobody is logged out: the client may try again. 404 is a policy that it
            # does not have.
            authgear-outage:
              errors:
                status: ["404", "500", "502", "504"]
                statusRewrites: { "404": 503, "500": 503, "502": 503, "504": 503 }
                service: authgear-outage
                query: /outage
            authgear-retry-after:
              headers:
                customResponseHeaders: { Retry-After: "1" }

        """#

    /// The way to the resolver.
    private static let hopRouters = #"""
            # The way to the resolver.
            authgear:
              entryPoints: [authgear]
              rule: PathPrefix(`/resolve`) || PathPrefix(`/require`) || PathPrefix(`/policy/`)
              middlewares: [authgear-outage]
              service: authgear-resolver
            authgear-outage:
              entryPoints: [authgear]
              rule: Path(`/outage`)
              middlewares: [authgear-retry-after]
              service: ping@internal

        """#

    /// Those of clients.
    private static let routers = #"""
            # Everyone may come in; the backend learns who it is.
            open:
              entryPoints: [web]
              rule: PathPrefix(`/`)
              middlewares: [authgear-hide, authgear-resolve]
              service: backend
            # Known users only.
            account:
              entryPoints: [web]
              rule: PathPrefix(`/account/`)
              middlewares: [authgear-hide, authgear-require]
              service: backend
        %policies%
            # The same, and an access policy judges, too.
            policy-%policy%:
              entryPoints: [web]
              rule: PathPrefix(`/policies/%policy%/`)
              middlewares: [authgear-hide, authgear-policy-%policy%]
              service: backend
        %end%
            # Nobody is asked.
            public:
              entryPoints: [web]
              rule: PathPrefix(`/public/`)
              middlewares: [authgear-clear]
              service: backend

        """#

    /// Behind the entry point.
    private static let hopServices = #"""
            authgear-resolver:
              loadBalancer:
                servers:
                  - url: http://%address%
                passHostHeader: false
                serversTransport: authgear
            authgear-outage:
              loadBalancer:
                servers:
                  - url: http://127.0.0.1:4179

        """#

    /// Where requests go on.
    private static let backend = #"""
            backend:
              loadBalancer:
                servers:
                  - url: http://127.0.0.1:8000

        """#

    /// How the resolver is asked behind the entry point.
    private static let transport = #"""
          serversTransports:
            authgear:
              # As many as there are requests in flight.
              maxIdleConnsPerHost: 256
              forwardingTimeouts:
                dialTimeout: 1s
                # A decision takes at most `limits.decision_timeout` (4s). Only a broken resolver takes longer than this.
                responseHeaderTimeout: 5s
                # Shorter than the resolver's `limits.idle_timeout` (75s), so that it is Traefik that closes.
                idleConnTimeout: 60s

        """#
}
