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
        %haproxy-original%
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

        """#

    /// `haproxy.cfg`.
    static let example = #"""
        # A complete example, and the file that the integration tests run. As it stands, from the root of the repository:
        #
        #     haproxy -C "$PWD/gateways/haproxy" -f haproxy.cfg
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
            http-request set-var(txn.authgear_ask) str(/policy/%policy%/require) if { var(txn.authgear_path) -m beg /%policy%/ }
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
