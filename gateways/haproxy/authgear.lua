-- Asks authgear-resolver who is calling, over kept connections: an action of HAProxy's (`http-request lua.authgear`). Each of
-- HAProxy's threads has this file, and its connections, for itself: load it with `lua-load-per-thread`.

-- Where the resolver listens; for a Unix socket the host is its path behind `unix@`, and the port nil.
local host, port = "127.0.0.1", 4180
-- A decision takes at most `limits.decision_timeout` (4s). Only a broken resolver takes longer than this, in seconds.
local timeout = 5
-- Connections that each thread keeps: at least as many as it has requests in flight.
local keep = 64

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
local kept = {}

local function question(txn, path)
    local sent = txn.http:req_get_headers()
    local lines = { "GET " .. path .. " HTTP/1.1\r\nHost: authgear-resolver\r\n" }
    for _, name in ipairs(fields) do
        local values = sent[name]
        local i = 0
        while values and values[i] do
            lines[#lines + 1] = name .. ": " .. values[i] .. "\r\n"
            i = i + 1
        end
    end
    -- Of the client, for Authgear to show to its user. Never the client's own word on its address.
    lines[#lines + 1] = "X-Forwarded-For: " .. (txn.f:src() or "") .. "\r\n\r\n"
    return table.concat(lines)
end

local function connect()
    local socket = core.tcp()
    socket:settimeout(timeout)
    local connected
    if port then connected = socket:connect(host, port) else connected = socket:connect(host) end
    if connected then return socket end
    socket:close()
end

-- The connection that a question was sent on, and the first line of the answer. One that was kept may have been closed
-- meanwhile: then the next is tried, and at last a new one. What takes long is not tried again.
local function send(request)
    local started = core.now().sec
    while core.now().sec - started < 2 do
        local socket = table.remove(kept)
        local isKept = socket ~= nil
        socket = socket or connect()
        if not socket then return end
        local line = socket:send(request) and socket:receive("*l")
        if line then return socket, line end
        socket:close()
        if not isKept then return end
    end
end

local function answer(request)
    local socket, line = send(request)
    if not socket then return 0, {} end
    local status, head = tonumber(line:match("^HTTP/1%.1 (%d%d%d)")), {}
    while true do
        line = socket:receive("*l")
        if not line then
            socket:close()
            return 0, {}
        end
        if line:match("^\r?$") then break end
        local name, value = line:match("^([^:]+):%s*(.-)%s*$")
        if name then head[name:lower()] = value end
    end
    -- Answers have no body, so that the next one begins behind the empty line. One that ended before is none.
    if head["content-length"] ~= "0" then
        socket:close()
        return 0, {}
    end
    if head["connection"] ~= "close" and #kept < keep then
        kept[#kept + 1] = socket
    else
        socket:close()
    end
    return status or 0, head
end

-- Asks under the path that `txn.authgear_ask` holds. Sets `txn.authgear_status` (0: there is no answer) and
-- `txn.authgear_challenge`, and the request's fields when it is let in.
core.register_action("authgear", { "http-req" }, function(txn)
    local status, head = answer(question(txn, txn:get_var("txn.authgear_ask")))
    txn:set_var("txn.authgear_status", status)
    if status == 200 then
        for name, value in pairs(head) do
            if ours[name] and value ~= "" then txn.http:req_set_header(name, value) end
        end
    elseif head["www-authenticate"] then
        txn:set_var("txn.authgear_challenge", head["www-authenticate"])
    end
end)
