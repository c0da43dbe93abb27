{{/* The pod of mode sidecar: nginx with the resolver beside it. */}}
{{- define "authgear-resolver.sidecar" -}}
initContainers:
  # The files by which nginx asks, and by which it clears each header that only the resolver may write.
  - name: nginx-files
    {{- include "authgear-resolver.container" . | nindent 4 }}
      # One more mount: the list is the last that `container` has.
      - { name: nginx-files, mountPath: /nginx }
    args: [gateway, nginx, --config, /etc/authgear-resolver/resolver.yaml, --output, /nginx]
    resources:
      {{- toYaml .Values.resources | nindent 6 }}
  # A sidecar: starts before nginx, and ends after it.
  - name: resolver
    restartPolicy: Always
    {{- include "authgear-resolver.container" . | nindent 4 }}
    {{- include "authgear-resolver.serving" . | nindent 4 }}
containers:
  - name: nginx
    image: {{ include "authgear-resolver.image" (dict "image" .Values.gateway.image "default" "latest") }}
    imagePullPolicy: {{ .Values.gateway.image.pullPolicy }}
    ports:
      - { name: http, containerPort: {{ .Values.gateway.port }}, protocol: TCP }
    readinessProbe:
      tcpSocket: { port: http }
    # Requests still come for a moment after the pod was told to end, until everybody has heard of it.
    lifecycle:
      preStop:
        exec: { command: [sleep, {{ .Values.drainSeconds | quote }}] }
    securityContext:
      {{- mergeOverwrite (deepCopy .Values.securityContext) .Values.gateway.securityContext | toYaml | nindent 6 }}
    resources:
      {{- toYaml .Values.gateway.resources | nindent 6 }}
    volumeMounts:
      - { name: nginx, mountPath: /etc/nginx/nginx.conf, subPath: nginx.conf, readOnly: true }
      - { name: nginx, mountPath: /etc/nginx/proxy_common, subPath: proxy_common, readOnly: true }
      - { name: nginx-files, mountPath: /etc/nginx/authgear, readOnly: true }
      - { name: tmp, mountPath: /tmp }
volumes:
  {{- include "authgear-resolver.volumes" . | nindent 2 }}
  - name: nginx
    configMap: { name: {{ include "authgear-resolver.fullname" . }}-nginx }
  - name: nginx-files
    emptyDir: { sizeLimit: 4Mi }
  - name: tmp
    emptyDir: {}
{{- end }}
