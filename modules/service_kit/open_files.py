"""Every connection is an open file, and the usual limit of 1,024 of them is no service's."""

import resource


def allow_open_files() -> int:
    """Raise the number of files that this process may have open as far as it goes, and return it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
