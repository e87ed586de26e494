#!/bin/sh
# Installs Debian's Chromium, unless there is a browser that the tests of the page can drive.
set -eu
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
  command -v google-chrome >/dev/null; then
  exit 0
fi
as_root=
if [ "$(id -u)" != 0 ]; then
  as_root="sudo -n"
fi
if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! sudo -n true 2>/dev/null; }; then
  echo "Chromium is not installed, and only root on Debian can: the tests of the page will be skipped." >&2
  exit 0
fi
echo "Installing Debian's chromium and a font, for the tests of the page." >&2
export DEBIAN_FRONTEND=noninteractive
if ! { $as_root apt-get update -qq &&
  $as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; }; then
  echo "Chromium could not be installed: the tests of the page will be skipped." >&2
fi
