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
