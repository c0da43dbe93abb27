/// The files for HAProxy, as templates.
enum HAProxyTexts {
    static let files = [("authgear.lua", client), ("haproxy.cfg", example)]

    /// `authgear.lua`.
    static let client = #"""
        -- Asks authgear-resolver who is calling, over kept connections: an action of HAProxy's (`http-request lua.authgear`). Each of
        -- HAProxy's threads has this file, and its connections, for itself: load it with `lua-load-per-thread`.

        -- Where the resolver listens; for a Unix socket the host is its path behind `unix@`, and the port nil.
        local host, port = %lua-address%
        -- A decision takes at most `limits.decision_timeout` (4s). Only a broken resolver takes longer than this, in seconds.
        local timeout = 5
        -- Connections that each thread keeps: at least as many as it has requests in flight.
        local keep = 64

        \#(LuaTexts.names)
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
        %haproxy-original%
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

        """#

    /// `haproxy.cfg`.
    static let example = #"""
        # A %example%. As it stands%start%:
        #
        #     haproxy -C "%absolute%" -f haproxy.cfg
        #
        # It needs the resolver on %address% (authgear.lua) and a backend on 127.0.0.1:8000.

        global
            lua-load-per-thread authgear.lua
            # A token may have 16 KiB (`limits.token_bytes`), all fields together 64 KiB (`limits.header_bytes`): HAProxy's own size is 16.
            tune.bufsize 131072
            tune.maxrewrite 36864
            maxconn 4000

        defaults
            mode http
            timeout connect 1s
            timeout client 30s
            timeout server 30s
            timeout tunnel 1h
            option http-keep-alive

        frontend web
            bind 127.0.0.1:8080

            # The path that backends understand: %61 is `a` to them, and // most often /. What is compared with places is this one.
            http-request set-var(txn.authgear_path) path,url_dec,regsub(//+,/,g)
            # Another path may be meant by these than the one that stands there.
            http-request deny deny_status 400 if { var(txn.authgear_path) -m reg (^|/)\.\.?(/|$) }

            # Takes away what the client says under the resolver's names, however it is spelled. WSGI, CGI and PHP can't tell
            # x_authgear_user_id from x-authgear-user-id.
            http-request del-header ^x[^a-z0-9]authgear[^a-z0-9] -m reg
            http-request del-header ^%pattern%$ -m reg

            # What the resolver is asked. Everyone may come in; the backend learns who it is.
            http-request set-var(txn.authgear_ask) str(/resolve)
            # Known users only.
            http-request set-var(txn.authgear_ask) str(/require) if { var(txn.authgear_path) -m beg /account/ }
        %policies%
            # The same, and an access policy judges, too.
            http-request set-var(txn.authgear_ask) str(/policy/%policy%/require) if { var(txn.authgear_path) -m beg /policies/%policy%/ }
        %end%
            # Nobody is asked.
            http-request unset-var(txn.authgear_ask) if { var(txn.authgear_path) -m beg /public/ }

            http-request lua.authgear if { var(txn.authgear_ask) -m found }
            http-request set-var(txn.authgear_status) int(200) unless { var(txn.authgear_ask) -m found }
            http-request return status 401 hdr WWW-Authenticate %[var(txn.authgear_challenge)] if { var(txn.authgear_status) -m int 401 }
            # A policy's 403 has a challenge where a token was presented (RFC 6750 section 3).
            http-request return status 403 hdr WWW-Authenticate %[var(txn.authgear_challenge)] if { var(txn.authgear_status) -m int 403 } { var(txn.authgear_challenge) -m found }
            http-request return status 403 if { var(txn.authgear_status) -m int 403 }
            # The credential's fields are not HTTP as it should be, or larger than the resolver takes.
            http-request return status 400 if { var(txn.authgear_status) -m int 400 }
            http-request return status 431 if { var(txn.authgear_status) -m int 431 }
            # It could not be checked, or the resolver is not there: nobody is logged out by that, the client may try again.
            http-request return status 503 hdr Retry-After 1 unless { var(txn.authgear_status) -m int 200 }
            default_backend app

        backend app
            server one 127.0.0.1:8000

        """#
}
