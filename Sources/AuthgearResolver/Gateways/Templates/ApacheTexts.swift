/// The files for Apache, as templates.
enum ApacheTexts {
    static let files = [("authgear.lua", client), ("httpd.conf", example)]

    /// `authgear.lua`.
    static let client = #"""
        -- Asks authgear-resolver who is calling: for Apache httpd, by mod_lua and lua-socket. Each Lua state has this file, and one kept
        -- connection, for itself.
        require "apache2"
        local socket = require "socket"

        -- Where the resolver listens.
        local host, port = %lua-address%
        -- In seconds. A decision takes at most `limits.decision_timeout` (4s). Only a broken resolver takes longer.
        local connect_timeout, read_timeout = 1, 5

        \#(LuaTexts.names)
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

        \#(LuaTexts.isOurs)

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
        %apache-original%
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

        """#

    /// `httpd.conf`.
    static let example = #"""
        # A %example%. As it stands on Debian%start%:
        #
        #     apache2 -DFOREGROUND -d /tmp -C "Define AUTHGEAR \"%absolute%\"" -f "%absolute%/httpd.conf"
        #
        # It needs the resolver on %address% (authgear.lua), a backend on 127.0.0.1:8000, and the package lua-socket.
        ServerName localhost
        Listen 127.0.0.1:8080
        PidFile httpd.pid
        DefaultRuntimeDir .
        ErrorLog /dev/stderr
        LogLevel warn

        LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
        LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
        LoadModule http2_module /usr/lib/apache2/modules/mod_http2.so
        LoadModule lua_module /usr/lib/apache2/modules/mod_lua.so
        LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
        LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
        LoadModule proxy_wstunnel_module /usr/lib/apache2/modules/mod_proxy_wstunnel.so
        LoadModule setenvif_module /usr/lib/apache2/modules/mod_setenvif.so

        User nobody
        Group nogroup
        StartServers 2
        ServerLimit 4
        ThreadsPerChild 25
        MaxRequestWorkers 100
        Protocols h2c http/1.1
        MaxKeepAliveRequests 0
        # TRACE would show clients the fields that are for the backend.
        TraceEnable off
        # A token may have 16 KiB (`limits.token_bytes`), all fields together 64 KiB (`limits.header_bytes`): httpd's own size is 8190 bytes.
        LimitRequestFieldSize 65536

        # Where lua-socket is, for the version of Lua that mod_lua has.
        LuaPackagePath /usr/share/lua/5.3/?.lua
        LuaPackageCPath /usr/lib/x86_64-linux-gnu/lua/5.3/?.so
        LuaRoot "${AUTHGEAR}"
        # States that serve one request after another: each keeps its connection.
        LuaScope server 1 64
        # The script is read at the start, and not looked for again with each request.
        LuaCodeCache forever

        # One hook for all places: of nested ones httpd would run the outer's first. Everyone may come in; the backend learns who it is.
        <Location "/">
            Require all granted
            LuaHookAccessChecker authgear.lua ask
            SetEnvIf Request_URI "^" AUTHGEAR=/resolve
        </Location>

        # Known users only.
        <Location "/account/">
            SetEnvIf Request_URI "^" AUTHGEAR=/require
        </Location>

        %policies%
        # The same, and an access policy judges, too.
        <Location "/policies/%policy%/">
            SetEnvIf Request_URI "^" AUTHGEAR=/policy/%policy%/require
        </Location>

        %end%
        # Nobody is asked.
        <Location "/public/">
            SetEnvIf Request_URI "^" AUTHGEAR=nobody
        </Location>

        ProxyPass / http://127.0.0.1:8000/ upgrade=websocket keepalive=on

        """#
}
