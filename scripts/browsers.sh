#!/usr/bin/env bash
# Print the path of a browser for the tests: `browsers.sh chromium` or `browsers.sh firefox`.
# The environment's CHROMIUM or FIREFOX comes first, then what is installed, then Debian's package.
set -euo pipefail

case ${1:-} in
chromium) chosen=${CHROMIUM:-} package=chromium names=(chromium chromium-browser google-chrome) ;;
firefox) chosen=${FIREFOX:-} package=firefox-esr names=(firefox-esr firefox) ;;
*) echo "usage: $0 chromium|firefox" >&2 && exit 2 ;;
esac

find_browser() {
  if [[ -n $chosen ]]; then
    command -v "$chosen"
    return
  fi
  local name
  for name in "${names[@]}"; do
    command -v "$name" && return
  done
  return 1
}

find_browser && exit
if [[ -n $chosen ]]; then
  echo "There is no $chosen: correct ${1^^} in the environment." >&2
  exit 1
fi
if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$package"
  } >&2
  find_browser && exit
fi
echo "The tests need a browser: install $package, or set ${1^^} to the path of one." >&2
exit 1
