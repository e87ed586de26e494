#!/bin/sh
# Says of a SLURM job, by its number, what Snakemake asks: running, success or failed.
# Why SLURM ended a job that failed goes to standard error, which a person sees.
state=$(squeue --noheader --states=all --jobs="$1" --format=%T 2>&1)
case "$state" in
  # It ended so long ago that only the accounting database, if there is one, knows of it.
  "" | *"Invalid job id"*)
    state=$(sacct --allocations --noheader --parsable2 --jobs="$1" --format=State 2>/dev/null)
    [ -n "$state" ] || state=FORGOTTEN ;;
esac
case "$state" in
  COMPLETED*) echo success ;;
  BOOT_FAIL* | CANCELLED* | DEADLINE* | FAILED* | NODE_FAIL* | OUT_OF_MEMORY* | PREEMPTED* | TIMEOUT* | FORGOTTEN)
    echo "SLURM job $1: $state" >&2
    echo failed ;;
  # It waits or runs, or SLURM does not answer at the moment.
  *) echo running ;;
esac
