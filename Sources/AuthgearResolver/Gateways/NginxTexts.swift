/// What does not depend on which headers there are.
enum NginxTexts {
    /// Where nginx asks.
    ///
    /// - Parameter fields: those that are handed on beside those of every request, and the variables they are made of.
    static func locations(handingOn fields: [(name: String, variable: String)]) -> String {
        let room = Self.room(for: fields.map(\.name), indented: "    ")
        let more = room + fields.map { "    proxy_set_header \($0.name) \($0.variable);\n" }.joined()
        return head + asking("= /_authgear/resolve", of: "/resolve", more: more, isExplained: true)
            + requireHead + asking("= /_authgear/require", of: "/require", more: more)
            + policyHead + asking("^~ /_authgear/policy/", of: "/policy/", more: more) + answers
    }

    /// What lets nginx set fields with these names: those of more than 46 characters are too long for its own size, 64.
    static func room(for names: [String], indented indent: String = "") -> String {
        names.contains { $0.utf8.count > 46 } ? "\(indent)proxy_headers_hash_bucket_size 256;\n" : ""
    }

    /// A place that asks the resolver under a path.
    private static func asking(_ place: String, of path: String, more: String, isExplained: Bool = false) -> String {
        let lines = question.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { isExplained || !$0.hasPrefix("    #") }
        let last = "    proxy_set_header X-Forwarded-For $remote_addr;\n"
        return "location \(place) {\n    internal;\n    proxy_pass http://authgear-resolver\(path);\n"
            + lines.joined(separator: "\n").replacing(last, with: last + more) + "}\n"
    }

    private static let head = #"""
        # The places where nginx asks the resolver. Include in each `server` that uses auth_request.conf or require.conf:
        #
        #     server {
        #         include authgear/locations.conf;

        # Who is calling? Strangers are welcome: asked by auth_request.conf.

        """#

    private static let requireHead = #"""

        # The same, but strangers get 401: asked by require.conf. Only the address differs.

        """#

    private static let policyHead = #"""

        # The same, and an access policy judges who is no stranger: asked beside policy.conf, under the policy's name.

        """#

    private static let question = #"""

            # What `http` or `server` say must not change the answer. Their `error_page 502 = /down.html` would answer in the
            # resolver's place, with a 200 that lets everyone in; this one, for a status that never occurs, keeps theirs out.
            # Their `proxy_cache` would give one caller another's answer.
            error_page 418 @authgear_error;
            proxy_intercept_errors off;
            proxy_cache off;

            # The connection is kept. A location with a `proxy_set_header` of its own inherits none from the levels above, so
            # this line must stand here, beside the others.
            proxy_http_version 1.1;
            proxy_set_header Connection "";

            # All that the resolver reads of a request. Its body and its other fields stay here.
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_pass_request_headers off;
            proxy_set_header Authorization $http_authorization;
            proxy_set_header Cookie $http_cookie;
            # Of the client, for Authgear to show to its user when it is asked. Never the client's own word on its address.
            proxy_set_header User-Agent $http_user_agent;
            proxy_set_header X-Forwarded-For $remote_addr;

            # A decision takes at most `limits.decision_timeout` (4s), however many keys and records it waits for. Only a broken
            # resolver takes longer than this.
            proxy_connect_timeout 1s;
            proxy_send_timeout 2s;
            proxy_read_timeout 5s;

            # Room for the longest answer: all its lines have at most 32 KiB, one value at most `limits.value_bytes`. With nginx's
            # own size, 4k or 8k, a user with many roles would get 503. Bodies are always empty.
            proxy_buffer_size 32k;
            proxy_buffers 4 32k;
            proxy_busy_buffers_size 64k;

            access_log off;

        """#

    private static let answers = #"""

        # A policy's 403, with what it says of the credential (RFC 6750 section 3). Without a token there is no challenge.
        location @authgear_forbidden {
            # So that the variable exists where policy.conf is not used; there it has been set.
            auth_request_set $authgear_challenge $upstream_http_www_authenticate;
            add_header WWW-Authenticate $authgear_challenge always;
            return 403;
        }

        # Sends a browser to the log-in that the resolver names: see login.conf.
        location @authgear_login {
            # So that the variable exists where login.conf is not used; there it has been set.
            auth_request_set $authgear_login $upstream_http_x_authgear_login;
            if ($authgear_login) {
                return 302 $authgear_login;
            }
            return 401;
        }

        # `auth_request` turns every answer but 2xx, 401 and 403 into 500. What it really was stands in $authgear_status (the
        # last of a list, when nginx asked more than once): tell the client the truth.
        location @authgear_error {
            # So that the variable exists where nothing is asked by `auth_request` (`mirror`); there it has been set.
            auth_request_set $authgear_status $upstream_status;
            # The credential's fields are larger than the resolver takes (`limits.header_bytes`).
            if ($authgear_status ~ "431$") {
                return 431;
            }
            # They are not HTTP as it should be.
            if ($authgear_status ~ "400$") {
                return 400;
            }
            # The resolver could not check the credential (503), is not there (502) or did not answer (504), or something else
            # answers in its place: nobody is logged out by that, the client may try again. Of a policy that it does not have (404)
            # the operator has to know.
            if ($authgear_status !~ "^$|404$") {
                add_header Retry-After 1 always;
                return 503;
            }
            return 500;
        }

        """#

    static let login = #"""
        # Sends browsers that are turned away to the log-in (`login` of the resolver's configuration); programs get their 401. Include
        # beside require.conf or policy.conf:
        #
        #     location /account/ {
        #         include authgear/require.conf;
        #         include authgear/login.conf;
        #         proxy_pass http://backend;
        #     }
        #
        # With it, print locations.conf for your configuration (`authgear-resolver gateway nginx`): the resolver has to be told the
        # client's method and path.

        auth_request_set $authgear_login $upstream_http_x_authgear_login;
        error_page 401 = @authgear_login;

        """#

    static let clearOthers = #"""
        # Takes away every field of the client's that begins `x-authgear-`, also such as the resolver never writes. Include in `server`:
        #
        #     load_module modules/ngx_http_headers_more_filter_module.so;      # Debian: libnginx-mod-http-headers-more-filter
        #
        #     server {
        #         include authgear/clear_others.conf;
        #
        # It needs that module, and stands beside the others, which set or clear the names that the resolver does write: nginx reads those
        # of the answer behind this, so that they arrive.
        more_clear_input_headers 'x-authgear-*';

        """#

    static let clearCookie = #"""
        # Passes on to the client what takes back a session cookie that proves nothing any more (`sessions.clear_cookie`, or
        # `headers.compat: authgear`). Include beside auth_request.conf or require.conf:
        #
        #     location / {
        #         include authgear/auth_request.conf;
        #         include authgear/clear_cookie.conf;
        #         proxy_pass http://backend;
        #     }
        #
        # A location with an `add_header` of its own, as this file makes it, inherits none from the levels above: say there again
        # what you set in `server` or `http`. The backend's own cookies pass beside it.

        auth_request_set $authgear_set_cookie $upstream_http_set_cookie;

        # Empty, when there is nothing to take back: then nginx sends no such field. `always`: also with a 401.
        add_header Set-Cookie $authgear_set_cookie always;

        """#

    /// What the operator is told of the Unix socket.
    private static func directory(of server: String) -> String {
        if server.hasPrefix("unix:") {
            return "# nginx's workers have to be let into its directory, as the systemd unit in deploy/ does."
        }
        return """
            # Better, where both run on one machine: the Unix socket, which costs all processes together some 10 % less. nginx's workers
                # have to be let into its directory, as the systemd unit in deploy/ does:
                # server unix:/run/authgear-resolver/resolver.sock max_fails=0;
            """
    }

    /// Where the resolver listens, and how connections to it are kept.
    static func upstream(server: String) -> String {
        #"""
        # Where the resolver listens. Include at http level:
        #
        #     http {
        #         include authgear/upstream.conf;

        upstream authgear-resolver {
            # `max_fails=0`: by default nginx leaves a server alone for ten seconds after one refused connection. A resolver that is
            # restarted refuses some, and nginx asks the next server at once, so nothing is lost; but a worker that was refused by
            # each of them within ten seconds, as in a rolling restart, asks none at all.
            server \#(server) max_fails=0;
            \#(directory(of: server))

            # Idle connections that each worker keeps. Without them every request costs a new connection, several times the
            # price of the question itself. Needs `proxy_http_version 1.1` and an empty `Connection` where the resolver is
            # asked: see locations.conf. At least as many as a worker has requests in flight: with 32, a request cost all processes
            # together 83 microseconds instead of 60 when 64 of them were in flight, and 109 instead of 63 when 128 were.
            keepalive 256;
            # nginx's default closes a connection after 1,000 requests; the resolver has no reason to want that.
            keepalive_requests 1000000;
            # Shorter than the resolver's `limits.idle_timeout` (75s): so it is nginx that closes, and no question is ever sent
            # on a connection that is being closed from the other side.
            keepalive_timeout 60s;
        }

        # Names such as x_authgear_user_id never reach a backend: WSGI, CGI and PHP can't tell them from x-authgear-user-id
        # (both become HTTP_X_AUTHGEAR_USER_ID). These are nginx's defaults. They are spelled out because the whole arrangement
        # rests on them: `underscores_in_headers on;` beside this include is now an error ("directive is duplicate") instead of
        # a hole. Never turn it on in a `server` either.
        underscores_in_headers off;
        ignore_invalid_headers on;

        """#
    }
}
