-- Kong's plug-in interface (PDK), as far as the plug-in uses it, and the defaults that its schema gives.
kong = {
    response = {
        exit = function(status, body, headers)
            for name, value in pairs(headers or {}) do ngx.header[name] = value end
            return ngx.exit(status)
        end,
    },
}
package.loaded["kong.db.schema.typedefs"] = {
    no_consumer = {}, protocols_http = {}, port = function(given) return { type = "integer", default = given.default } end,
}
local schema = require "kong.plugins.authgear.schema"
local defaults = {}
for _, field in ipairs(schema.fields[3].config.fields) do
    for name, rule in pairs(field) do defaults[name] = rule.default end
end
local handler = require "kong.plugins.authgear.handler"
return function(conf) return handler:access(setmetatable(conf, { __index = defaults })) end
