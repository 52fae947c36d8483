#!/usr/bin/env bash
# Makes the certificates of the examples anew and writes them as Secrets and ConfigMaps into their folders:
#   tools/make-example-certs.sh [DIRECTORY]
# With DIRECTORY the PEM files (root, servers, client) stay there, to try the examples with curl.
# The keys are published with this repository: good for examples, never for anything else.
set -euo pipefail
examples=$(cd "$(dirname "$0")/../examples" && pwd)
keep=${1:+$(mkdir -p "$1" && cd "$1" && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# As the tutorial makes them (RSA 2048, SHA-256, its subjects, its serial numbers, no extension in what is signed),
# but with `openssl ca`, which can set dates: an example must not expire, nor depend on today.
from=20240101000000Z
to=21240101000000Z
cat > ca.conf <<'CONF'
[ca]
default_ca = examples
[examples]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
unique_subject = no
policy = any
[any]
commonName = supplied
organizationName = optional
[root]
basicConstraints = critical, CA:TRUE
subjectKeyIdentifier = hash
CONF

# request NAME SUBJECT: a key and a request to sign it.
request() {
  openssl req -new -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2> log || { cat log >&2; exit 1; }
}

# sign NAME SERIAL OPTION...
sign() {
  local name=$1
  : > index.txt
  echo "$2" > serial
  shift 2
  openssl ca -batch -notext -config ca.conf -preserveDN -startdate "$from" -enddate "$to" \
    -in "$name.csr" -out "$name.crt" "$@" 2> log || { cat log >&2; exit 1; }
}

# server NAME HOST SERIAL [SUBJECT_ALT_NAME]
server() {
  request "$1" "/CN=$2/O=${2%%.*} organization"
  if [ $# -gt 3 ]; then
    # What the tutorial leaves out: OpenSSL writes the name only when told to at signing.
    printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$4" > san.ext
    sign "$1" "$3" -cert root.crt -keyfile root.key -extfile san.ext
  else
    sign "$1" "$3" -cert root.crt -keyfile root.key
  fi
}

request root '/O=example Inc./CN=example.com'
sign root 1000 -selfsign -keyfile root.key -extensions root
request client '/CN=client.example.com/O=client organization'
sign client 01 -cert root.crt -keyfile root.key
server httpbin httpbin.example.com 00
server helloworld helloworld.example.com 01
server fixed-httpbin httpbin.example.com 1001 DNS:httpbin.example.com
server fixed-helloworld helloworld.example.com 1002 DNS:helloworld.example.com
server fixed-httpbin-mutual httpbin-mutual.example.com 1003 DNS:httpbin-mutual.example.com
server fixed-nginx nginx.example.com 1004 DNS:nginx.example.com

base64_of() { base64 < "$1" | tr -d '\n'; }
indented() { sed 's/^/    /' "$1"; }

# object KIND NAMESPACE NAME
object() {
  printf 'apiVersion: v1\nkind: %s\nmetadata:\n  name: %s\n  namespace: %s\n' "$1" "$3" "$2"
}

# tls_secret NAMESPACE NAME PAIR
tls_secret() {
  object Secret "$1" "$2"
  printf 'type: kubernetes.io/tls\ndata:\n  tls.crt: %s\n  tls.key: %s\n' "$(base64_of "$3.crt")" "$(base64_of "$3.key")"
}

# mutual_secret NAMESPACE NAME PAIR: with the CA of the clients.
mutual_secret() {
  object Secret "$1" "$2"
  printf 'type: Opaque\ndata:\n  ca.crt: %s\n' "$(base64_of root.crt)"
  printf '  tls.crt: %s\n  tls.key: %s\n' "$(base64_of "$3.crt")" "$(base64_of "$3.key")"
}

made='Made by tools/make-example-certs.sh; the keys are public.'
tutorial=$examples/tls-gateway
fixed=$examples/tls-gateway-fixed

{
  echo "# nginx's certificate and key, in a ConfigMap as in the tutorial. $made"
  object ConfigMap test nginx-tls-config
  printf 'data:\n  tls.crt: |\n%s\n  tls.key: |\n%s\n' "$(indented httpbin.crt)" "$(indented httpbin.key)"
} > "$tutorial/23-nginx-certificate.yaml"

{
  echo "# Certificates with a common name only, as the tutorial's openssl commands make them."
  echo "# $made"
  tls_secret istio-system httpbin-secret httpbin
  echo ---
  tls_secret istio-system helloworld-secret helloworld
  echo ---
  mutual_secret istio-system httpbin-mutual-secret httpbin
} > "$tutorial/30-secrets.yaml"

{
  echo "# The Secret that the tutorial's remark is about, in the namespace of the applications."
  echo "# $made"
  tls_secret test httpbin-secret httpbin
} > "$tutorial/71-remark-secret.yaml"

{
  echo "# nginx's certificate and key. $made"
  tls_secret test nginx-tls fixed-nginx
} > "$fixed/23-nginx-certificate.yaml"

{
  echo "# One certificate per host, its name as subject alternative name, in the namespace of the gateway pods."
  echo "# $made"
  tls_secret istio-system httpbin-secret fixed-httpbin
  echo ---
  tls_secret istio-system helloworld-secret fixed-helloworld
  echo ---
  mutual_secret istio-system httpbin-mutual-secret fixed-httpbin-mutual
} > "$fixed/30-secrets.yaml"

if [ -n "$keep" ]; then cp ./*.crt ./*.key "$keep"; fi
