/// The files for APISIX, as templates.
enum APISIXTexts {
    static let files = [
        ("apisix/plugins/authgear.lua", plugin),
        ("apisix.yaml", example),
        ("authgear.lua", OpenRestyTexts.client),
    ]

    /// `apisix/plugins/authgear.lua`.
    static let plugin = #"""
        -- APISIX' plug-in: asks authgear-resolver who is calling (authgear.lua), and tells the upstream.
        local core = require "apisix.core"
        local authgear = require "authgear"

        local schema = {
            type = "object",
            properties = {
                -- resolve: strangers pass, without a name. require: they are turned away. clear: nobody is asked.
                mode = { type = "string", enum = { "resolve", "require", "clear" }, default = "resolve" },
                -- An access policy of the resolver's that judges, too.
                policy = { type = "string", pattern = "^[a-z0-9_-]+$" },
                host = { type = "string", default = %lua-host% },
                port = { type = "integer", minimum = 1, maximum = 65535, default = %lua-port% },
                -- In milliseconds.
                timeout = { type = "integer", minimum = 1, maximum = 7000, default = 5000 },
                pool = { type = "integer", minimum = 1, maximum = 65536, default = 256 },
            },
        }

        -- After APISIX' own authentication (2599 and less) begins, and before it proxies (proxy-rewrite is 1008).
        local M = { version = 0.1, priority = 2002, name = "authgear", schema = schema }

        function M.check_schema(conf) return core.schema.check(schema, conf) end

        -- APISIX remembers the request's fields: who reads them behind this plug-in has to read them anew.
        local function forget(ctx)
            ctx.headers = nil
        end

        function M.access(conf, ctx)
            if conf.mode == "clear" then
                authgear.clear()
                return forget(ctx)
            end
            local path = "/" .. conf.mode
            if conf.policy then path = "/policy/" .. conf.policy .. path end
            local status, fields = authgear.judge(path, {
                host = conf.host, port = conf.port, read = conf.timeout, pool = conf.pool,
            })
            forget(ctx)
            if status == 200 then return end
            for name, value in pairs(fields) do core.response.set_header(name, value) end
            return status
        end

        return M

        """#

    /// `apisix.yaml`.
    static let example = #"""
        # A standalone configuration (`config_provider: yaml`), as an example.
        routes:
          # Everyone may come in; the backend learns who it is.
          - uri: /*
            plugins: { authgear: { mode: resolve } }
            upstream_id: backend
          # Known users only.
          - uri: /account/*
            plugins: { authgear: { mode: require } }
            upstream_id: backend
        %policies%
          # The same, and an access policy judges, too.
          - uri: /policies/%policy%/*
            plugins: { authgear: { mode: require, policy: %policy% } }
            upstream_id: backend
        %end%
          # Nobody is asked.
          - uri: /public/*
            plugins: { authgear: { mode: clear } }
            upstream_id: backend
        upstreams:
          - id: backend
            type: roundrobin
            nodes: { "127.0.0.1:8000": 1 }
        #END

        """#
}
