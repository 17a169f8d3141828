#!/usr/bin/env bash
# Print the path of a program that the tests run: `program.sh chromium`, `firefox`, `nginx`, `webkit`
# or `xvfb`. Try CHROMIUM, FIREFOX, … in the environment, then installed programs, then install
# Debian's package.
set -euo pipefail

case ${1:-} in
chromium) chosen=${CHROMIUM:-} package=chromium names=(chromium chromium-browser google-chrome) ;;
firefox) chosen=${FIREFOX:-} package=firefox-esr names=(firefox-esr firefox) ;;
nginx) chosen=${NGINX:-} package=nginx-light names=(nginx /usr/sbin/nginx) ;;
webkit) chosen=${WEBKIT:-} package=webkit2gtk-driver names=(WebKitWebDriver) ;;
xvfb) chosen=${XVFB:-} package=xvfb names=(Xvfb) ;;
*) echo "usage: $0 chromium|firefox|nginx|webkit|xvfb" >&2 && exit 2 ;;
esac

look() {
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

look && exit
if [[ -n $chosen ]]; then
  echo "There is no $chosen: correct ${1^^} in the environment." >&2
  exit 1
fi
if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$package"
  } >&2
  look && exit
fi
echo "The tests need $1: install $package, or set ${1^^} to its path." >&2
exit 1
