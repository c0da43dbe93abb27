-- Asks authgear-resolver who is calling: for OpenResty and nginx with ngx_lua, and what the plug-ins for Kong and APISIX are made
-- of. It needs no other module: the resolver's answers have no body, so that reading a head is all there is to do.
local M = {
    -- Where the resolver listens; for a Unix socket the host is "unix:/path", and the port nil.
    host = "127.0.0.1",
    port = 4180,
    -- In milliseconds. A decision takes at most `limits.decision_timeout` (4s). Only a broken resolver takes longer.
    connect = 1000,
    send = 2000,
    read = 5000,
    -- How long an idle connection is kept: shorter than the resolver's `limits.idle_timeout` (75s), so that it is closed here.
    idle = 60000,
    -- How many each worker keeps: at least as many as it has requests in flight.
    pool = 256,
}

-- What only the resolver may write.
local names = {
    "x-authgear-session-valid",
    "x-authgear-user-id",
    "x-authgear-user-anonymous",
    "x-authgear-user-verified",
    "x-authgear-user-can-reauthenticate",
    "x-authgear-user-roles",
    "x-authgear-session-amr",
    "x-authgear-session-authenticated-at",
    "x-authgear-allowed",
    "x-authgear-refused",
    "x-authgear-assertion",
}
-- All that the resolver reads of a request. Its body and its other fields stay here.
local fields = {
    "authorization",
    "cookie",
    "user-agent",
}

local ours = {}
for _, name in ipairs(names) do ours[name] = true end

local function line(out, name, value)
    if type(value) == "table" then
        for _, each in ipairs(value) do line(out, name, each) end
    elseif type(value) == "string" then
        out[#out + 1] = name .. ": " .. value .. "\r\n"
    end
end

-- One question on a kept connection, or on a new one. Without an answer it also says whether to ask again: a kept
-- connection was closed meanwhile.
local function once(options, request)
    local socket = ngx.socket.tcp()
    socket:settimeouts(options.connect, options.send, options.read)
    local ok, err
    if options.port then
        ok, err = socket:connect(options.host, options.port, { pool_size = options.pool })
    else
        ok, err = socket:connect(options.host, { pool_size = options.pool })
    end
    if not ok then return nil, nil, false end
    local reused = (socket:getreusedtimes() or 0) > 0
    local text
    ok, err = socket:send(request)
    if ok then text, err = socket:receive("*l") end
    if not text then
        socket:close()
        return nil, nil, reused and err ~= "timeout"
    end
    local status, head = tonumber(text:match("^HTTP/1%.1 (%d%d%d)")), {}
    while true do
        text = socket:receive("*l")
        if not text then
            socket:close()
            return nil, nil, false
        end
        if text == "" then break end
        local name, value = text:match("^([^:]+):%s*(.-)%s*$")
        if name then head[name:lower()] = value end
    end
    if status and head["content-length"] == "0" and head["connection"] ~= "close" then
        socket:setkeepalive(options.idle, options.pool)
    else
        socket:close()
    end
    return status, head, false
end

-- What a client may not say: a name that begins as ours do, however it is spelled (WSGI, CGI and PHP can't tell
-- x_authgear_user_id from x-authgear-user-id), and each of ours.
local function is_ours(name)
    local plain = name:lower():gsub("[^a-z0-9]", "-")
    return ours[plain] or plain:sub(1, 11) == "x-authgear-"
end

-- Takes away what the client says under the resolver's names: for places that ask nobody.
function M.clear()
    for name in pairs(ngx.req.get_headers(0, true)) do
        if is_ours(name) then ngx.req.clear_header(name) end
    end
end

-- Asks under a path, and tells the backend. Gives 200, or the status to turn the client away with, and that answer's fields.
-- The options stand for those above.
function M.judge(path, options)
    options = setmetatable(options or {}, { __index = M })
    local sent, request = {}, { "GET ", path, " HTTP/1.1\r\nHost: authgear-resolver\r\n" }
    for name, value in pairs(ngx.req.get_headers(0, true)) do
        -- Lines of one name may differ in the case of its letters.
        name = name:lower()
        sent[name] = sent[name] and { sent[name], value } or value
    end
    for _, name in ipairs(fields) do line(request, name, sent[name]) end
    -- Of the client, for Authgear to show to its user. Never the client's own word on its address.
    line(request, "X-Forwarded-For", ngx.var.remote_addr)
    request[#request + 1] = "\r\n"
    request = table.concat(request)
    M.clear()

    local status, head, again = once(options, request)
    local tries = 1
    while again and tries <= options.pool do
        status, head, again = once(options, request)
        tries = tries + 1
    end
    if status == 200 then
        for _, name in ipairs(names) do
            if head[name] and head[name] ~= "" then ngx.req.set_header(name, head[name]) end
        end
        return 200, {}
    end
    if status == 401 or status == 403 then return status, { ["WWW-Authenticate"] = head["www-authenticate"] } end
    -- The credential's fields are not HTTP as it should be, or larger than the resolver takes.
    if status == 400 or status == 431 then return status, {} end
    -- It could not be checked, or the resolver is not there: nobody is logged out by that, the client may try again.
    return 503, { ["Retry-After"] = "1" }
end

-- The same in `access_by_lua_block`: turns the client away itself.
function M.guard(path)
    local status, answer = M.judge(path)
    if status == 200 then return end
    for name, value in pairs(answer) do ngx.header[name] = value end
    return ngx.exit(status)
end

return M
