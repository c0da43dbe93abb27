{{/* The configuration: `config`, with what other values say. */}}
{{- define "authgear-resolver.config" -}}
{{- include "authgear-resolver.refusals" . }}
{{- $own := dict
    "threads" .Values.threads
    "admin" (dict "listen" (printf "%s:%v" .Values.address .Values.adminPort))
    "reload" (dict "watch" (eq .Values.reload "watch")) }}
{{- if eq .Values.mode "sidecar" }}
{{- $_ := set $own "listen" (list (printf "127.0.0.1:%v" .Values.port)) }}
{{- else }}
{{- $scheme := .Values.tls.existingSecret | empty | ternary "" "https://" }}
{{- $listen := list (printf "%s%s:%v" $scheme .Values.address .Values.port) }}
{{- if .Values.grpcPort }}
{{- $listen = append $listen (printf "grpc://%s:%v" .Values.address .Values.grpcPort) }}
{{- end }}
{{- $_ := set $own "listen" $listen }}
{{- if not (dig "shutdown" "delay" "" .Values.config) }}
{{- $_ := set $own "shutdown" (dict "delay" (printf "%vs" .Values.drainSeconds)) }}
{{- end }}
{{- if .Values.tls.existingSecret }}
{{- $server := dict "cert_file" "/run/tls/tls.crt" "key_file" "/run/tls/tls.key" }}
{{- if .Values.tls.clientCA }}{{ $_ := set $server "client_ca_file" "/run/tls/ca.crt" }}{{ end }}
{{- $_ := set $own "tls" (dict "server" $server) }}
{{- end }}
{{- end }}
{{- mergeOverwrite (deepCopy .Values.config) $own | toYaml }}
{{- end }}

{{/* nginx's own configuration, of mode sidecar. */}}
{{- define "authgear-resolver.nginx" -}}
worker_processes auto;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;

events {
    worker_connections 4096;
}

http {
    include authgear/upstream.conf;

    access_log off;
    server_tokens off;
    # All that is written goes below /tmp: the rest is read-only.
    client_body_temp_path /tmp/client_body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;
    large_client_header_buffers 4 32k;

    upstream backend {
        server {{ .Values.gateway.backend }} max_fails=0;
        keepalive 256;
    }

    server {
        listen {{ .Values.gateway.port }};

        include authgear/locations.conf;

{{ .Values.gateway.locations | trim | indent 8 }}
    }
}
{{- end }}

{{- define "authgear-resolver.proxy" -}}
proxy_pass http://backend;
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_set_header Host $host;
{{- end }}
