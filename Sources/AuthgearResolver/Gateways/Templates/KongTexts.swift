/// The files for Kong, as templates.
enum KongTexts {
    static let files = [
        ("kong/plugins/authgear/handler.lua", handler),
        ("kong/plugins/authgear/schema.lua", schema),
        ("kong.yaml", example),
        ("authgear.lua", OpenRestyTexts.client),
    ]

    /// `kong/plugins/authgear/handler.lua`.
    static let handler = #"""
        -- Kong's plug-in: asks authgear-resolver who is calling (authgear.lua), and tells the service.
        local authgear = require "authgear"

        -- After Kong's own authentication (jwt is 1450, …, hmac-auth 1030), before what sends requests elsewhere or changes them
        -- (request-transformer is 801).
        local Authgear = { PRIORITY = 1005, VERSION = "0.1.0" }

        function Authgear:access(conf)
            if conf.mode == "clear" then return authgear.clear() end
            local path = "/" .. conf.mode
            if conf.policy then path = "/policy/" .. conf.policy .. path end
            local status, fields = authgear.judge(path, {
                host = conf.host, port = conf.port, read = conf.timeout, pool = conf.pool,
            })
            if status ~= 200 then return kong.response.exit(status, nil, fields) end
        end

        return Authgear

        """#

    /// `kong/plugins/authgear/schema.lua`.
    static let schema = #"""
        local typedefs = require "kong.db.schema.typedefs"

        return {
            name = "authgear",
            fields = {
                { consumer = typedefs.no_consumer },
                { protocols = typedefs.protocols_http },
                { config = {
                    type = "record",
                    fields = {
                        -- resolve: strangers pass, without a name. require: they are turned away. clear: nobody is asked.
                        { mode = { type = "string", default = "resolve", one_of = { "resolve", "require", "clear" } } },
                        -- An access policy of the resolver's that judges, too.
                        { policy = { type = "string", match = "^[a-z0-9_-]+$" } },
                        { host = { type = "string", default = %lua-host% } },
                        { port = typedefs.port { default = %lua-port% } },
                        -- In milliseconds.
                        { timeout = { type = "integer", default = 5000, between = { 1, 7000 } } },
                        { pool = { type = "integer", default = 256, between = { 1, 65536 } } },
                    },
                } },
            },
        }

        """#

    /// `kong.yaml`.
    static let example = #"""
        # A declarative configuration (`declarative_config`), as an example.
        _format_version: "3.0"

        services:
          - name: backend
            url: http://127.0.0.1:8000
            routes:
              # Everyone may come in; the backend learns who it is.
              - name: open
                paths: [/]
                strip_path: false
                plugins:
                  - name: authgear
                    config: { mode: resolve }
              # Known users only.
              - name: account
                paths: [/account/]
                strip_path: false
                plugins:
                  - name: authgear
                    config: { mode: require }
        %policies%
              # The same, and an access policy judges, too.
              - name: policy-%policy%
                paths: [/policies/%policy%/]
                strip_path: false
                plugins:
                  - name: authgear
                    config: { mode: require, policy: %policy% }
        %end%
              # Nobody is asked.
              - name: public
                paths: [/public/]
                strip_path: false
                plugins:
                  - name: authgear
                    config: { mode: clear }

        """#
}
