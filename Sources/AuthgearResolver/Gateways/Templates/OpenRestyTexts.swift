/// The files for OpenResty, as templates.
enum OpenRestyTexts {
    static let files = [("authgear.lua", client), ("nginx.conf", example)]

    /// `authgear.lua`.
    static let client = #"""
        -- Asks authgear-resolver who is calling: for OpenResty and nginx with ngx_lua, and what the plug-ins for Kong and APISIX are made
        -- of. It needs no other module: the resolver's answers have no body, so that reading a head is all there is to do.
        local M = {
            -- Where the resolver listens; for a Unix socket the host is "unix:/path", and the port nil.
            host = %lua-host%,
            port = %lua-port%,
            -- In milliseconds. A decision takes at most `limits.decision_timeout` (4s). Only a broken resolver takes longer.
            connect = 1000,
            send = 2000,
            read = 5000,
            -- How long an idle connection is kept: shorter than the resolver's `limits.idle_timeout` (75s), so that it is closed here.
            idle = 60000,
            -- How many each worker keeps: at least as many as it has requests in flight.
            pool = 256,
        }

        \#(LuaTexts.names)

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

        \#(LuaTexts.isOurs)

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
        %openresty-original%
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

        """#

    /// `nginx.conf`.
    static let example = #"""
        # A %example%. As it stands%start%:
        #
        #     cp -r %folder%/. /tmp/openresty && nginx -p /tmp/openresty -c nginx.conf -g 'daemon off;'
        #
        # It needs the resolver on %address% (authgear.lua) and a backend on 127.0.0.1:8000. OpenResty has the module built in:
        # without the next two lines there.
        load_module /usr/lib/nginx/modules/ndk_http_module.so;
        load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;

        worker_processes auto;
        pid nginx.pid;
        error_log stderr warn;

        events {
            worker_connections 4096;
        }

        http {
            # Where authgear.lua is: in the folder that -p names, or one of these.
            lua_package_path "${prefix}?.lua;/etc/nginx/authgear/?.lua;/usr/share/lua/5.1/?.lua;;";
            # An outage is told to clients; the log would have a line for each of them.
            lua_socket_log_errors off;

            access_log off;
            server_tokens off;
            client_body_temp_path client_body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;

            # A token may have 16 KiB (`limits.token_bytes`), a header line of nginx's own size 8k.
            large_client_header_buffers 4 32k;

            upstream backend {
                server 127.0.0.1:8000 max_fails=0;
                keepalive 256;
            }

            # For WebSockets.
            map $http_upgrade $backend_connection {
                default upgrade;
                ""      "";
            }

            server {
                listen 127.0.0.1:8080;
                # HTTP/2 without TLS, for a balancer that speaks it.
                listen 127.0.0.1:8081 http2;

                proxy_http_version 1.1;
                proxy_set_header Host $host;
                proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection $backend_connection;

                # Everyone may come in; the backend learns who it is.
                location / {
                    access_by_lua_block { require("authgear").guard("/resolve") }
                    proxy_pass http://backend;
                }

                # Known users only.
                location /account/ {
                    access_by_lua_block { require("authgear").guard("/require") }
                    proxy_pass http://backend;
                }

        %policies%
                # The same, and an access policy judges, too.
                location /policies/%policy%/ {
                    access_by_lua_block { require("authgear").guard("/policy/%policy%/require") }
                    proxy_pass http://backend;
                }

        %end%
                # Nobody is asked.
                location /public/ {
                    access_by_lua_block { require("authgear").clear() }
                    proxy_pass http://backend;
                }
            }
        }

        """#
}
