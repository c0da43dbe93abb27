-- APISIX' plug-in interface, as far as the plug-in uses it, and the defaults that its schema gives.
package.loaded["apisix.core"] = {
    response = { set_header = function(name, value) ngx.header[name] = value end },
    schema = { check = function() return true end },
}
local plugin = require "apisix.plugins.authgear"
local defaults = {}
for name, rule in pairs(plugin.schema.properties) do defaults[name] = rule.default end
return function(conf)
    local status = plugin.access(setmetatable(conf, { __index = defaults }), {})
    if status then return ngx.exit(status) end
end
