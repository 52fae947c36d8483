#!/usr/bin/env bash
# The step of action.yml: checks the paths, annotates lines, appends to the job summary, writes SARIF. Needs no network:
# the program comes packed with the action. Runs with the bash 3.2 of macOS.
set -euo pipefail

temp=${RUNNER_TEMP:-${TMPDIR:-/tmp}}
action=${GITHUB_ACTION_PATH:?is set by GitHub Actions}

fail() {
  echo "::error title=kubectl tlsgw::${1//[$'\r\n']/ }"
  exit 2
}

# A released action holds the archive; a checkout that was built runs as it is.
archive=$(ls "$action"/release/kubectl-tlsgw-*-portable.tar.gz 2>/dev/null | head -n 1 || true)
if [ -n "$archive" ]; then
  home=$(mktemp -d "$temp/tlsgw.XXXXXX")
  tar xzf "$archive" -C "$home" --strip-components 1
  program=("$home/kubectl-tlsgw")
elif [ -f "$action/dist/tlsgw.cjs" ]; then
  program=(node "$action/bin/run.js")
else
  fail 'this version of the action holds no program; use a released one, as @v0'
fi

if [ -n "${TLSGW_CONFIG:-}" ] && [ "$TLSGW_CONFIG" != .tlsgw.yaml ]; then
  [ -f "$TLSGW_CONFIG" ] || fail "config: there is no file $TLSGW_CONFIG"
  [ ! -e .tlsgw.yaml ] || fail "config: the repository has a .tlsgw.yaml already, which would be hidden"
  cp "$TLSGW_CONFIG" .tlsgw.yaml
  trap 'rm -f .tlsgw.yaml' EXIT
fi

sarif=${TLSGW_SARIF_FILE:-$temp/tlsgw.sarif}
case $sarif in *[$'\r\n']*) fail 'sarif-file: one path, on one line' ;; esac
summary=$(mktemp "$temp/tlsgw-summary.XXXXXX")
arguments=(lint -o github --report "sarif=$sarif" --report "markdown=$summary")
[ -z "${TLSGW_FAIL_ON:-}" ] || arguments+=(--fail-on "$TLSGW_FAIL_ON")
[ -z "${TLSGW_BASELINE:-}" ] || arguments+=(--baseline "$TLSGW_BASELINE")
[ -z "${TLSGW_WITH:-}" ] || arguments+=(--with "$TLSGW_WITH")
read -r -d '' -a more <<<"${TLSGW_ARGS:-}" || true
[ ${#more[@]} -eq 0 ] || arguments+=("${more[@]}")
arguments+=(--)
while IFS= read -r path; do
  path=${path%$'\r'}
  [ -z "$path" ] || arguments+=("$path")
done <<<"${TLSGW_PATHS:-.}"

code=0
"${program[@]}" "${arguments[@]}" || code=$?

# Other steps of the job may have written to the summary before.
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$summary" >>"$GITHUB_STEP_SUMMARY"; fi
rm -f "$summary"
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  echo "exit-code=$code" >>"$GITHUB_OUTPUT"
  # Wrong usage ends the run before there is a report.
  if [ -f "$sarif" ]; then echo "sarif-file=$sarif" >>"$GITHUB_OUTPUT"; fi
fi
exit "$code"
