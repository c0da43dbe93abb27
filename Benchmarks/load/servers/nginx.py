"""nginx: the yardstick (`return 200`), the gateway in front (`auth_request`), and with Lua a reader of Redis."""

import os
import pathlib
import re

from . import resolver
from .answer import HEADERS

# One worker, no log, no limit on a connection's requests. With the default head buffer of 1k nginx reads a request with a
# token twice; with one of 4k once.
HEAD = """
{modules}
{user}
worker_processes 1;
worker_rlimit_nofile 20000;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    server_tokens off;
    keepalive_requests 1000000000;
    keepalive_timeout 75s;
    client_header_buffer_size {head_buffer};
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
"""


def start(run, name, http, modules="", head_buffer="1k"):
    """Starts an nginx with these lines in its `http` block."""
    folder = run.folder / name
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    head = HEAD.format(folder=folder, user=user, modules=modules, head_buffer=head_buffer)
    (folder / "nginx.conf").write_text(head + http + "}\n")
    return run.start(name, ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"])


def answering_location():
    """A location that says `valid` to everyone, with the eight headers: the least that nginx can do."""
    lines = "".join(f"            add_header {name} {value};\n" for name, value in HEADERS.items())
    return f"        location / {{\n{lines}            return 200;\n        }}\n"


def yardstick(run, name="nginx-200", head_buffer="1k"):
    """nginx, `return 200`: what everything is compared with. Listens on TCP and on a Unix socket."""
    port, socket = run.port(), run.folder / f"{name}.sock"
    process = start(run, name, f"""
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        listen unix:{socket};
{answering_location()}    }}
""", head_buffer=head_buffer)
    process.wait_for_port(port)
    return run.server(process, port, socket=socket)


def authgear(run):
    """What answers every credential as Authgear's resolver answers a valid one, and nothing without a credential."""
    port = run.port()
    process = start(run, "nginx-authgear", f"""
    map "$http_cookie$http_authorization" $is_valid {{ "" ""; default true; }}
    map "$http_cookie$http_authorization" $user {{ "" ""; default e3079029-f123-4000-8000-000000000001; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            add_header X-Authgear-Session-Valid $is_valid;
            add_header X-Authgear-User-Id $user;
            return 200;
        }}
    }}
""")
    process.wait_for_port(port)
    return run.server(process, port)


def backend(run):
    """What the gateways proxy to. `/seen` says which user arrived."""
    port = run.port()
    process = start(run, "nginx-backend", f"""
    server {{
        listen 127.0.0.1:{port};
        location / {{ return 200; }}
        location = /seen {{ add_header X-Seen $http_x_authgear_user_id; return 200; }}
    }}
""")
    process.wait_for_port(port)
    return run.server(process, port)


def gateway(run, name, auth, backend_port):
    """nginx in front of a backend. `auth` is the http-level and the location-level part that ask the resolver."""
    http_part, server_part, location_part = auth
    port = run.port()
    process = start(run, name, f"""
{http_part}
    upstream backend {{ server 127.0.0.1:{backend_port}; keepalive 64; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{port};
{server_part}
        location / {{
{location_part}
            proxy_pass http://backend;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
        }}
    }}
""")
    process.wait_for_port(port)
    return run.server(process, port)


def over_tcp(server):
    return f"127.0.0.1:{server.port}"


def over_unix(server):
    return f"unix:{server.socket}"


def printed_auth(run, address):
    """The files that `gateway nginx` prints, with another address in upstream.conf."""
    folder = resolver.printed(run, "nginx")
    upstream = replaced(r"server unix:\S+ ", f"server {address} ", (folder / "upstream.conf").read_text())
    return upstream, f"include {folder}/locations.conf;", f"include {folder}/auth_request.conf;"


def unkept_auth(run, address):
    """The same without kept connections: nginx's defaults, as most recipes leave them."""
    upstream, _, location = printed_auth(run, address)
    locations = (resolver.printed(run, "nginx") / "locations.conf").read_text()
    for line in (r"proxy_http_version 1\.1;", r'proxy_set_header Connection "";'):
        locations = replaced(line, "", locations)
    return replaced(r"keepalive 256;", "", upstream), locations, location


def replaced(pattern, replacement, text):
    """The text with every match replaced; the printed files changed when there is none."""
    result, count = re.subn(pattern, replacement, text)
    if count == 0:
        raise LookupError(f"nginx/*.conf has no {pattern} any more: the benchmark replaces it")
    return result


LUA_MODULES = ("ndk_http_module.so", "ngx_http_lua_module.so")

# One GET by session id, and the record's user id in the answer; no comparison of hashes, no expiry, no user record.
LUA = """
    server {{
        listen 127.0.0.1:{port};
        location / {{
            content_by_lua_block {{
                local id = ngx.var.cookie_session and ngx.var.cookie_session:match("^([^.]+)%.")
                if not id then ngx.exit(401) end
                local key = "app:{app}:session:" .. id
                local socket = ngx.socket.tcp()
                assert(socket:connect("127.0.0.1", {redis}))
                assert(socket:send("*2\\r\\n$3\\r\\nGET\\r\\n$" .. #key .. "\\r\\n" .. key .. "\\r\\n"))
                local size = tonumber(socket:receive("*l"):sub(2))
                local record = size >= 0 and socket:receive(size + 2) or ""
                socket:setkeepalive(60000, 64)
                local user = record:match('"user_id": ?"([^"]+)"')
                if not user then ngx.exit(401) end
{headers}
                ngx.header["x-authgear-user-id"] = user
                ngx.header["content-length"] = 0
                ngx.exit(200)
            }}
        }}
    }}
"""


def modules():
    """The folder that has nginx's Lua."""
    folders = (pathlib.Path("/usr/lib/nginx/modules"), pathlib.Path("/usr/share/nginx/modules"))
    folder = next((path for path in folders if (path / LUA_MODULES[1]).exists()), None)
    if folder is None:
        raise LookupError("libnginx-mod-http-lua is not installed")
    return folder


def lua_redis(run):
    """nginx with Lua: one GET for each session cookie, over kept connections."""
    folder = modules()
    port = run.port()
    headers = "\n".join(f'                ngx.header["{name}"] = "{value}"' for name, value in HEADERS.items())
    process = start(
        run, "nginx-lua", LUA.format(port=port, redis=run.redis_port, app="my-project", headers=headers),
        modules="\n".join(f"load_module {folder}/{module};" for module in LUA_MODULES))
    process.wait_for_port(port)
    return run.server(process, port)
