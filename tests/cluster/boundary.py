"""The walls around a node: namespaces of its own, so that nothing of it is left when its first process has ended.

Its processes, mounts, addresses, routes, ports and packet filters are not those of this machine, and go with it; only
cgroups have no such namespace here, and are removed by name.
"""

import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from deployment.native.folders import REPOSITORY

CGROUPS = Path("/sys/fs/cgroup")
ADDRESS = "10.243.0.1"
GONE_WITHIN_S = 30.0
# All of its pods together are many processes: what they weigh where others want the processor too, in versions 1 and 2.
WEIGHTS = {"cpu.shares": "10240", "cpu.weight": "1000"}
# All that is within ends with its first process, that one with `unshare`, and that one with whoever started it.
OWN_END = ["setpriv", "--pdeathsig", "KILL"]
WALLS = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]

# What programs write under fixed names is the node's alone, and so are settings of the kernel that a kubelet insists
# on: it has copies of what holds for the whole machine. Packets of pods to a Service pass the filters on a bridge too,
# and whoever is refused by one is told so each time.
PREPARE = f"""
set -eu
mount -t tmpfs run /run
mkdir /run/lock
mount -t tmpfs log /var/log
mkdir -p /var/lib/cni
mount -t tmpfs cni /var/lib/cni
mkdir /run/sys
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops \\
    kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
    copy=/run/sys/$(basename $setting)
    cat /proc/sys/$setting >$copy
    mount --bind $copy /proc/sys/$setting
done
ip link set lo up
ip link add node0 type veth peer name node1
ip link set node1 up
ip link set node0 up
ip address add {ADDRESS}/24 dev node0
ip route add default dev node0
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
[ ! -d /proc/sys/net/bridge ] || echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
exec "$@"
"""


def enclosed(command: Sequence[str], name: str) -> int:
    """Run a command as the first process of a machine of its own; its exit status."""
    make_cgroups(name)
    process = subprocess.Popen([*OWN_END, *WALLS, "sh", "-c", PREPARE, "sh", *command], cwd=REPOSITORY)
    try:
        return process.wait()
    finally:
        process.kill()  # its child too, and with that all others
        process.wait()
        remove_cgroups(name)


def parents() -> list[Path]:
    """Where a cgroup is made: in each hierarchy of version 1, or in the only one of version 2."""
    if (CGROUPS / "cgroup.controllers").exists():
        return [CGROUPS]
    return [path for path in CGROUPS.iterdir() if path.is_dir()]


def make_cgroups(name: str) -> None:
    for parent in parents():
        (parent / name).mkdir(exist_ok=True)
        if (controllers := parent / name / "cgroup.controllers").exists():  # version 2: those below have them too
            for controller in controllers.read_text().split():
                (parent / name / "cgroup.subtree_control").write_text(f"+{controller}")
        for weight, value in WEIGHTS.items():
            if (parent / name / weight).exists():
                (parent / name / weight).write_text(value)


def remove_cgroups(name: str) -> None:
    deadline = time.monotonic() + GONE_WITHIN_S
    left = [parent / name for parent in parents()]
    while left and time.monotonic() < deadline:
        for top in left:
            for path in sorted(top.rglob("*/"), reverse=True):
                with suppress(OSError):  # somebody is still ending in there
                    path.rmdir()
            with suppress(OSError):
                top.rmdir()
        left = [top for top in left if top.exists()]
        time.sleep(0.1)
