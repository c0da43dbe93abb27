-- Asks authgear-resolver who is calling: for Apache httpd, by mod_lua and lua-socket. Each Lua state has this file, and one kept
-- connection, for itself.
require "apache2"
local socket = require "socket"

-- Where the resolver listens.
local host, port = "127.0.0.1", 4180
-- In seconds. A decision takes at most `limits.decision_timeout` (4s). Only a broken resolver takes longer.
local connect_timeout, read_timeout = 1, 5

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
local kept
local match, sub = string.match, string.sub
-- The characters that ours begin with: most of what a client sends is told apart by its first one.
local initials = { x = true, X = true }
for _, name in ipairs(names) do
    initials[sub(name, 1, 1)], initials[sub(name, 1, 1):upper()] = true, true
end

-- One question on the kept connection, or on a new one. Without an answer it also says whether to ask again: the kept
-- connection was closed meanwhile.
local function once(request)
    local connection, reused = kept, kept ~= nil
    kept = nil
    if not connection then
        connection = socket.tcp()
        connection:settimeout(connect_timeout)
        if not connection:connect(host, port) then
            connection:close()
            return nil, nil, false
        end
        connection:setoption("tcp-nodelay", true)
    end
    connection:settimeout(read_timeout)
    local line
    local ok, err = connection:send(request)
    if ok then line, err = connection:receive("*l") end
    if not line then
        connection:close()
        return nil, nil, reused and err ~= "timeout"
    end
    local status, head = tonumber(match(line, "^HTTP/1%.1 (%d%d%d)")), {}
    while true do
        line = connection:receive("*l")
        if not line then
            connection:close()
            return nil, nil, false
        end
        if line == "" then break end
        -- Without the blanks around the value; one that is empty is none.
        local name, value = match(line, "^([^:]+):%s*(.*%S)")
        if name then head[ours[name] and name or name:lower()] = value end
    end
    if status and head["content-length"] == "0" and head["connection"] ~= "close" then kept = connection else connection:close() end
    return status, head, false
end

-- What a client may not say: a name that begins as ours do, however it is spelled (WSGI, CGI and PHP can't tell
-- x_authgear_user_id from x-authgear-user-id), and each of ours.
local function is_ours(name)
    local plain = name:lower():gsub("[^a-z0-9]", "-")
    return ours[plain] or plain:sub(1, 11) == "x-authgear-"
end

local function clear(r, sent)
    local found = {}
    for name in pairs(r:headers_in_table()) do
        if initials[sub(name, 1, 1)] and is_ours(name) then found[#found + 1] = name end
    end
    for _, name in ipairs(found) do sent[name] = nil end
end

local function guard(r, sent, path)
    local lines = { "GET " .. path .. " HTTP/1.1\r\nHost: authgear-resolver\r\n" }
    for _, name in ipairs(fields) do
        local value = sent[name]
        -- httpd has made one of several lines.
        if value and name == "cookie" then value = value:gsub(", ", "; ") end
        if value then lines[#lines + 1] = name .. ": " .. value .. "\r\n" end
    end
    -- Of the client, for Authgear to show to its user. Never the client's own word on its address.
    lines[#lines + 1] = "X-Forwarded-For: " .. r.useragent_ip .. "\r\n\r\n"
    local request = table.concat(lines)
    clear(r, sent)

    local status, head, again = once(request)
    if again then status, head = once(request) end
    if status == 200 then
        for _, name in ipairs(names) do
            if head[name] then sent[name] = head[name] end
        end
        return apache2.OK
    end
    if status == 401 or status == 403 then
        if head["www-authenticate"] then r.err_headers_out["WWW-Authenticate"] = head["www-authenticate"] end
        return status
    end
    -- The credential's fields are not HTTP as it should be, or larger than the resolver takes.
    if status == 400 or status == 431 then return status end
    -- It could not be checked, or the resolver is not there: nobody is logged out by that, the client may try again.
    r.err_headers_out["Retry-After"] = "1"
    return 503
end

-- The hook (LuaHookAccessChecker). The variable AUTHGEAR says what is asked: `nobody`, or the path.
function ask(r)
    -- Looked up once: each time makes an object.
    local sent = r.headers_in
    -- mod_proxy would drop a field that is named here, ours, too.
    for name in (sent["Connection"] or ""):gmatch("[^,%s]+") do
        if is_ours(name) then return 400 end
    end
    local path = r.subprocess_env["AUTHGEAR"]
    if path == "nobody" then
        clear(r, sent)
        return apache2.OK
    end
    return guard(r, sent, path or "/require")
end
