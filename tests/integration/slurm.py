"""A SLURM of one node on this machine: Debian's daemons, on loopback, in a folder of their own."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

SYSTEM = Path("/etc/slurm")
"""Where SLURM's programs look. Snakemake's executor takes SLURM_CONF away from jobs, so that a link
must lie here while the tests run."""
CONTROLLER_PORT, NODE_PORT = 16817, 16818
CGROUPS = Path("/sys/fs/cgroup")

SLURM_CONF = """\
ClusterName=responseclusters
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort={controller}
SlurmdPort={node}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/{tracking}
TaskPlugin=task/{task}
MpiDefault=none
JobAcctGatherType=jobacct_gather/{gather}
JobAcctGatherFrequency=task=1
{kill}
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=0,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
MinJobAge=600
KillWait=2
OverTimeLimit=0
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
CGROUP_CONF = """\
CgroupPlugin=cgroup/v1
CgroupMountpoint={mount}
CgroupAutomount=no
ConstrainRAMSpace={constrain}
ConstrainSwapSpace=no
ConstrainCores=no
"""


def why_not() -> str:
    """Why SLURM cannot be started on this machine; nothing if it can."""
    missing = [
        name for name in ("slurmctld", "slurmd", "munged", "sbatch") if not shutil.which(name)
    ]
    if missing:
        return f"SLURM is not installed: there is no {', '.join(missing)}"
    if os.getuid() != 0:
        return "SLURM's daemons are started by root only"
    if any((SYSTEM / name).exists() for name in ("slurm.conf", "cgroup.conf")):
        return f"this machine has a SLURM of its own in {SYSTEM}"
    return ""


class Slurm:
    """Daemons that run from `start` to `stop`.

    Attributes
    ----------
    limits_memory : bool
        Whether a job that takes more memory than it asked for is killed: by the kernel's cgroups.
    """

    def __init__(self, folder: Path, cpus: int) -> None:
        self.folder, self.cpus = folder, cpus
        self.limits_memory = (CGROUPS / "memory" / "tasks").exists()

    def start(self) -> None:
        """Start munge, the controller and the node, and wait until the node takes jobs."""
        for name in ("munge", "state", "spool"):
            (self.folder / name).mkdir(parents=True)
        # SLURM's programs and users' jobs reach munge through its socket.
        for folder in (self.folder, self.folder / "munge"):
            folder.chmod(0o755)
        key = self.folder / "munge.key"
        key.touch(0o600)
        key.write_bytes(secrets.token_bytes(128))
        self._write_settings()
        munge = [f"--key-file={key}", f"--socket={self.folder}/munge/socket"]
        munge += [f"--pid-file={self.folder}/munged.pid", f"--log-file={self.folder}/munged.log"]
        munge += [f"--seed-file={self.folder}/munge.seed", "--num-threads=2"]
        for words in (["munged", *munge], ["slurmctld", "-c"], ["slurmd", "-N", _host()]):
            subprocess.run(words, check=True, capture_output=True)
        for _ in range(200):
            with contextlib.suppress(subprocess.TimeoutExpired):
                done = _printed("sinfo", "--noheader", "--format=%T")
                if done == "idle":
                    return
            time.sleep(0.1)
        logs = [path.read_text("utf-8")[-2000:] for path in self.folder.glob("*.log")]
        self.stop()
        raise RuntimeError("SLURM did not start:\n" + "\n".join(logs))

    def stop(self) -> None:
        """Cancel what still runs, stop the daemons and wait for each, and remove the links."""
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(["scancel", "--user=root"], timeout=10, capture_output=True, check=False)
        for name in ("slurmd", "slurmctld", "munged"):
            with contextlib.suppress(OSError, ValueError):
                _end(int((self.folder / f"{name}.pid").read_text()))
        for name in ("slurm.conf", "cgroup.conf"):
            if (SYSTEM / name).is_symlink():
                (SYSTEM / name).unlink()

    def _write_settings(self) -> None:
        memory = int(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**20 * 0.9)
        kernel = self.limits_memory
        settings = SLURM_CONF.format(
            host=_host(),
            folder=self.folder,
            cpus=self.cpus,
            memory=memory,
            controller=CONTROLLER_PORT,
            node=NODE_PORT,
            tracking="cgroup" if kernel else "linuxproc",
            task="cgroup" if kernel else "none",
            gather="cgroup" if kernel else "linux",
            kill="" if kernel else "JobAcctGatherParams=OverMemoryKill",
        )
        mount = CGROUPS if kernel else self.folder / "no-cgroups"
        limits = CGROUP_CONF.format(mount=mount, constrain="yes" if kernel else "no")
        SYSTEM.mkdir(exist_ok=True)
        for name, text in (("slurm.conf", settings), ("cgroup.conf", limits)):
            (self.folder / name).write_text(text)
            (SYSTEM / name).symlink_to(self.folder / name)


def queue() -> list[str]:
    """The numbers of the jobs that wait or run."""
    return _printed("squeue", "--noheader", "--format=%i").split()


def submissions() -> dict[str, dict[str, str]]:
    """What SLURM knows of every submission, by number: JobName, JobState, NumCPUs, …"""
    jobs = {}
    for line in _printed("scontrol", "--oneliner", "show", "job").splitlines():
        fields = dict(field.split("=", 1) for field in line.split() if "=" in field)
        if "JobId" in fields:
            jobs[fields["JobId"]] = fields
    return jobs


def _printed(*words: str) -> str:
    return subprocess.run(
        words, capture_output=True, text=True, timeout=10, check=False
    ).stdout.strip()


def _host() -> str:
    return socket.gethostname().partition(".")[0]


def _end(pid: int) -> None:
    """Ask a process to end, and wait until it is gone or only waits to be collected."""
    os.kill(pid, signal.SIGTERM)
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return
        if state == "Z":
            return
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
