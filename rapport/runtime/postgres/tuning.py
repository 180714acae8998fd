"""Settings of Rapport's own PostgreSQL: by the machine's memory and the number of processes."""

import os
import shutil
from pathlib import Path

import psutil

from rapport.runtime import options

MB = 1024 * 1024
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def usable_memory() -> int:
    """Return the bytes of memory this machine or container may use."""
    limits = [psutil.virtual_memory().total]
    for name in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            limits.append(int(Path(name).read_text()))
        except (OSError, ValueError):  # no such control group, or "max"
            continue
    return min(limits)


def connections() -> int:
    """Return how many connections the processes can ask for, with room for commands and backups."""
    web = options.WEB.value() * (options.DB_POOL.value() + 2)
    return max(60, 20 + web + options.WORKERS.value() * 10)


def settings(major: int, *, durable: bool = True) -> dict[str, str]:
    """Return the server settings for this machine."""
    memory = usable_memory()

    def share(part: int, least: int, most: int) -> str:
        return f"{max(least, min(most, memory // part // MB))}MB"

    chosen = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": str(connections()),
        "shared_buffers": share(8, 32, 2048),
        "effective_cache_size": share(2, 128, 65536),
        "maintenance_work_mem": share(32, 32, 512),
        "work_mem": share(512, 4, 32),
        "random_page_cost": "1.1",
        "jit": "off",  # its start-up time is longer than a page's queries
        "wal_compression": "on",
        "wal_buffers": share(128, 4, 64),  # with the usual 16 MB the writers of an import wait for the log
        "min_wal_size": "64MB",
        "max_wal_size": share(4, 512, 4096),  # a checkpoint writes each page that changed once more whole
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_filename": "postgresql-%a.log",
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",
        "log_checkpoints": "off",
        "cluster_name": "rapport",
    }
    if major >= 18:
        chosen["io_method"] = "sync"  # worker processes of its own would only cost memory here
    if _little_shared_memory():
        chosen["dynamic_shared_memory_type"] = "sysv"
    return chosen if durable else chosen | NOT_DURABLE


def _little_shared_memory() -> bool:
    # Containers often have 64 MB in /dev/shm, which a single parallel query can fill.
    return os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").total < 256 * MB  # noqa: S108 - only measured


def as_file(chosen: dict[str, str]) -> str:
    """Return the settings as a configuration file."""
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in chosen.items()]
    return "\n".join(
        ["# Written by Rapport at each start; your own settings belong into local.conf.", *lines, ""]
    )
