/// The files for Caddy, as templates.
enum CaddyTexts {
    static let files = [("authgear.caddy", snippets), ("Caddyfile", example)]

    /// `authgear.caddy`.
    static let snippets = #"""
        # What a Caddyfile imports. Inside `route`, as Caddy's own order of directives would clear the resolver's fields again:
        #
        #     import authgear/authgear.caddy
        #
        #     example.com {
        #         handle /account/* {
        #             route {
        #                 import authgear /require
        #                 reverse_proxy localhost:8000
        #             }
        #         }
        #         handle_errors {
        #             import authgear_errors
        #         }
        #     }

        # Takes away what the client says under the resolver's names, however it is spelled: for places that ask nobody. WSGI, CGI and
        # PHP can't tell x_authgear_user_id from x-authgear-user-id.
        (authgear_clear) {
        	request_header -*authgear*
        	request_header -%extra%
        %caddy-others%
        	# A field that is named here would be dropped on its way to the backend, ours, too.
        	@authgear_hop header_regexp Connection (?i)authgear%alternatives%
        	error @authgear_hop 400
        }

        # How the resolver is asked.
        (authgear_question) {
        	header_up -Expect
        	header_up -Connection
        	header_up -Upgrade
        %caddy-original%
        	transport http {
        		dial_timeout 1s
        		write_timeout 2s
        		# A decision takes at most `limits.decision_timeout` (4s). Only a broken resolver takes longer than this.
        		response_header_timeout 5s
        		# Shorter than the resolver's `limits.idle_timeout` (75s), so that it is Caddy that closes.
        		keepalive 60s
        		# As many as there are requests in flight.
        		keepalive_idle_conns_per_host 256
        	}
        	# What the resolver answers is for the backend alone.
        	header_down -x-authgear-*
        	# Something else than the resolver answers in its place, or it has no such policy.
        	@authgear_broken status 404 500 501 502 504
        	handle_response @authgear_broken {
        		error 503
        	}
        }

        # Asks the resolver who is calling, and tells the backend. The argument says what is asked: /resolve lets strangers pass,
        # without a name; /require turns them away; /policy/<name>/require also those whom an access policy refuses.
        (authgear) {
        	import authgear_clear
        	vars authgear asking
        %caddy-unanswered%
        	forward_auth %caddy-address% {
        		uri {args.0}
        		import authgear_question
        		copy_headers {
        			%answered%
        		}
        	}
        	vars authgear answered
        }

        # The same for less: Caddy 2.11 looks at each field of `copy_headers` by itself, at some fifth of the price of a request. Only where
        # the resolver's configuration says `headers: { absent: empty }`: what is not there would arrive as the name of a placeholder.
        (authgear_at_once) {
        	import authgear_clear
        	vars authgear asking
        %caddy-unanswered%
        	reverse_proxy %caddy-address% {
        		method GET
        		rewrite {args.0}
        		import authgear_question
        		@authgear_good status 2xx
        		handle_response @authgear_good {
        			request_header %canonical-answered% {rp.header.%canonical-answered%}
        		}
        	}
        	vars authgear answered
        }

        # What clients are told when the resolver is not there: nobody is logged out by that, they may try again.
        (authgear_errors) {
        	@authgear_down {
        		vars authgear asking
        		expression {err.status_code} >= 500
        	}
        	handle @authgear_down {
        		header Retry-After 1
        		respond 503
        	}
        	handle {
        		respond {err.status_code}
        	}
        }

        """#

    /// `Caddyfile`.
    static let example = #"""
        # A %example%. As it stands%start%:
        #
        #     caddy run --config %folder%/Caddyfile
        #
        # It needs the resolver on %address% (authgear.caddy) and a backend on 127.0.0.1:8000. Before Caddy 2.11 the resolver's
        # configuration has to say `headers: { absent: empty }`: what is not there would arrive as the name of a placeholder.
        {
        	admin off
        	auto_https off
        	servers {
        		protocols h1 h2 h2c
        		# A token may have 16 KiB (`limits.token_bytes`), all fields together 64 KiB (`limits.header_bytes`).
        		max_header_size 96KiB
        	}
        }

        import authgear.caddy

        http://:8080 {
        	bind 127.0.0.1

        	# Known users only.
        	handle /account/* {
        		route {
        			import authgear /require
        			reverse_proxy 127.0.0.1:8000
        		}
        	}

        %policies%
        	# The same, and an access policy judges, too.
        	handle /policies/%policy%/* {
        		route {
        			import authgear /policy/%policy%/require
        			reverse_proxy 127.0.0.1:8000
        		}
        	}

        %end%
        	# Nobody is asked.
        	handle /public/* {
        		route {
        			import authgear_clear
        			reverse_proxy 127.0.0.1:8000
        		}
        	}

        	# Everyone may come in; the backend learns who it is.
        	handle {
        		route {
        			import authgear /resolve
        			reverse_proxy 127.0.0.1:8000
        		}
        	}

        	handle_errors {
        		import authgear_errors
        	}
        }

        """#
}
