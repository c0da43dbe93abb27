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
local kept, free = {}, 0
local find, match, sub = string.find, string.match, string.sub
-- How the line of each field begins. HAProxy has made their names lower case.
local starts = {}
for i, name in ipairs(fields) do starts[i] = "\n" .. name:lower() .. ": " end

local function question(txn, path)
    local lines = { "GET " .. path .. " HTTP/1.1\r\nHost: authgear-resolver\r\n" }
    -- All fields as one text: a table of them costs more, the more the client sends. Without it this fails, and the status stays
    -- unset, which is 503.
    local sent = "\n" .. txn.f:req_hdrs()
    for i = 1, #starts do
        local first, last = find(sent, starts[i], 1, true)
        while first do
            local stop = find(sent, "\n", last, true)
            lines[#lines + 1] = sub(sent, first + 1, stop)
            first, last = find(sent, starts[i], stop, true)
        end
    end
    -- Of the client, for Authgear to show to its user. Never the client's own word on its address.
    lines[#lines + 1] = "X-Forwarded-For: " .. txn.sf:src() .. "\r\n\r\n"
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
    local started = os.time()
    repeat
        local socket = kept[free]
        local is_kept = socket ~= nil
        if is_kept then kept[free], free = nil, free - 1 else socket = connect() end
        if not socket then return end
        local line = socket:send(request) and socket:receive("*l")
        if line then return socket, line end
        socket:close()
    until not is_kept or os.time() - started >= 2
end

-- The status, the challenge, and the fields that are ours with their values behind them. 0: there is no answer.
local function answer(request)
    local socket, line = send(request)
    if not socket then return 0 end
    local status = tonumber(match(line, "^HTTP/1%.1 (%d%d%d)"))
    local set, count, length, connection, challenge = {}, 0
    while true do
        line = socket:receive("*l")
        if not line then
            socket:close()
            return 0
        end
        if match(line, "^\r?$") then break end
        -- Without the blanks around the value; one that is empty is none.
        local name, value = match(line, "^([^:]+):%s*(.*%S)")
        if name and not ours[name] then name = name:lower() end
        if not name then
        elseif ours[name] then
            set[count + 1], set[count + 2], count = name, value, count + 2
        elseif name == "content-length" then length = value
        elseif name == "connection" then connection = value
        elseif name == "www-authenticate" then challenge = value
        end
    end
    -- Answers have no body, so that the next one begins behind the empty line. One that ended before is none.
    if length ~= "0" then
        socket:close()
        return 0
    end
    if connection ~= "close" and free < keep then
        free = free + 1
        kept[free] = socket
    else
        socket:close()
    end
    return status or 0, challenge, set, count
end

-- Asks under the path that `txn.authgear_ask` holds. Sets `txn.authgear_status` (0: there is no answer) and
-- `txn.authgear_challenge`, and the request's fields when it is let in.
core.register_action("authgear", { "http-req" }, function(txn)
    local status, challenge, set, count = answer(question(txn, txn:get_var("txn.authgear_ask")))
    txn:set_var("txn.authgear_status", status)
    if status == 200 then
        local http = txn.http
        for i = 1, count, 2 do http:req_set_header(set[i], set[i + 1]) end
    elseif challenge then
        txn:set_var("txn.authgear_challenge", challenge)
    end
end)
