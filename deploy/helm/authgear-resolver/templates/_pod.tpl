{{/* The resolver's container, but for what the modes differ in. volumeMounts stands last: _sidecar.tpl adds one. */}}
{{- define "authgear-resolver.container" -}}
image: {{ include "authgear-resolver.image" (dict "image" .Values.image "default" .Chart.AppVersion) }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.extraEnv }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
volumeMounts:
  - { name: config, mountPath: /etc/authgear-resolver, readOnly: true }
  {{- range $index, $name := .Values.secrets }}
  - { name: secret-{{ $index }}, mountPath: /run/secrets/{{ $name }}, readOnly: true }
  {{- end }}
  {{- if .Values.tls.existingSecret }}
  - { name: tls, mountPath: /run/tls, readOnly: true }
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* What the container that serves has besides. */}}
{{- define "authgear-resolver.serving" -}}
ports:
  {{- if ne .Values.mode "sidecar" }}
  - { name: http, containerPort: {{ .Values.port }}, protocol: TCP }
  {{- with .Values.grpcPort }}
  - { name: grpc, containerPort: {{ . }}, protocol: TCP }
  {{- end }}
  {{- end }}
  - { name: admin, containerPort: {{ .Values.adminPort }}, protocol: TCP }
startupProbe:
  httpGet: { path: /healthz, port: admin }
  {{- toYaml .Values.probes.startup | nindent 2 }}
livenessProbe:
  httpGet: { path: /healthz, port: admin }
  {{- toYaml .Values.probes.liveness | nindent 2 }}
readinessProbe:
  httpGet: { path: /readyz, port: admin }
  {{- toYaml .Values.probes.readiness | nindent 2 }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
{{- end }}

{{- define "authgear-resolver.volumes" -}}
- name: config
  configMap: { name: {{ include "authgear-resolver.fullname" . }} }
{{- range $index, $name := .Values.secrets }}
- name: secret-{{ $index }}
  secret: { secretName: {{ $name }}, defaultMode: 0440 }
{{- end }}
{{- with .Values.tls.existingSecret }}
- name: tls
  secret: { secretName: {{ . }}, defaultMode: 0440 }
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Where pods run, and as whom: the rest of a pod's spec. */}}
{{- define "authgear-resolver.placement" -}}
serviceAccountName: {{ include "authgear-resolver.serviceAccountName" . }}
# It asks nothing of the API server.
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  {{- with .Values.topologySpreadConstraints }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  # One machine's end is not every pod's.
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "authgear-resolver.selectorLabels" . | nindent 8 }}
  {{- end }}
{{- end }}
