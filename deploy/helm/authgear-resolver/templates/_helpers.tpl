{{/* The chart's name, as label and in names. */}}
{{- define "authgear-resolver.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* What each object of a release is called: the release's name, with the chart's unless that is in it. */}}
{{- define "authgear-resolver.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "authgear-resolver.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "authgear-resolver.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "authgear-resolver.selectorLabels" -}}
app.kubernetes.io/name: {{ include "authgear-resolver.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "authgear-resolver.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "authgear-resolver.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: {{ eq .Values.mode "sidecar" | ternary "gateway" "resolver" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "authgear-resolver.serviceAccountName" -}}
{{- default (.Values.serviceAccount.create | ternary (include "authgear-resolver.fullname" .) "default") .Values.serviceAccount.name }}
{{- end }}

{{/* An image by its digest, or else its tag. Takes the image's values, and `default`, its tag where it names none. */}}
{{- define "authgear-resolver.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .default }}
{{- end }}
{{- end }}

{{/* What no schema can say. */}}
{{- define "authgear-resolver.refusals" -}}
{{- if not .Values.config }}
{{- fail "config is empty: it needs an issuer with its audiences, or sessions; values.yaml shows one" }}
{{- end }}
{{- if eq .Values.mode "sidecar" }}
{{- if .Values.tls.existingSecret }}
{{- fail "tls.existingSecret is for mode deployment: in mode sidecar nginx asks on the pod's loopback" }}
{{- end }}
{{- if .Values.grpcPort }}
{{- fail "grpcPort is for mode deployment: nginx asks by HTTP" }}
{{- end }}
{{- else if and .Values.networkPolicy.enabled (not .Values.networkPolicy.gateways) }}
{{- fail "networkPolicy.gateways names nobody, so no gateway could ask" }}
{{- end }}
{{- if and .Values.tls.clientCA (not .Values.tls.existingSecret) }}
{{- fail "tls.clientCA needs tls.existingSecret, whose ca.crt it is" }}
{{- end }}
{{- $ports := list .Values.port .Values.adminPort }}
{{- if .Values.grpcPort }}{{ $ports = append $ports .Values.grpcPort }}{{ end }}
{{- if eq .Values.mode "sidecar" }}{{ $ports = append $ports .Values.gateway.port }}{{ end }}
{{- if ne (len $ports) (len (uniq $ports)) }}
{{- fail (printf "port, grpcPort, adminPort and gateway.port must differ: %v" $ports) }}
{{- end }}
{{- end }}
