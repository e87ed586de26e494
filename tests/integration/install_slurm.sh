#!/bin/sh
# Installs Debian's SLURM and munge, unless they are there. Nothing is started or configured: the
# tests run their own daemons in a folder of theirs.
set -eu
if command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v munged >/dev/null; then
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "SLURM is not installed, and only root on Debian or Ubuntu can: its tests will be skipped." >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends slurm-wlm munge; }; then
  echo "SLURM could not be installed: its tests will be skipped." >&2
fi
