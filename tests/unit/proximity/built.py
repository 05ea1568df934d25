"""C that only tests need, beside that of the engine."""

import ctypes
import subprocess
from pathlib import Path

from proximity import compiled


def built(folder: Path, text: str) -> ctypes.CDLL:
    """The functions of this text, compiled as compile.sh does it, as far as results go."""
    source, library = folder / "of_tests.c", folder / "libof_tests.so"
    source.write_text(text)
    headers = Path(compiled.__file__).parent
    command = ["cc", "-std=c99", "-O3", "-ffp-contract=off", "-fPIC", "-shared"]
    command += [f"-I{headers}", f"-I{headers / 'pairs'}"]
    subprocess.run([*command, "-o", str(library), str(source), "-lm"], check=True)
    return ctypes.CDLL(str(library))
