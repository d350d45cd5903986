"""Writes the workbooks of the sample county: python -m samples.make_county [folder]."""

import sys
from pathlib import Path

from samples.county.workbooks import write


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    for path in write(folder):
        sys.stdout.write(f"{path.name}  {path.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
