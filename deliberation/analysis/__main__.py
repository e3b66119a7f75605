"""`python -m deliberation.analysis verify DIR`: compute what an exported set says of itself again."""

import argparse
import sys
from pathlib import Path

from deliberation.analysis.verify import Unverifiable, original_sentences, verify


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each landscape; 0 where all are the same, else 1."""
    parser = argparse.ArgumentParser(prog="python -m deliberation.analysis")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("verify", help="compute the landscapes of an exported set again")
    command.add_argument("directory", type=Path)
    directory: Path = parser.parse_args(arguments).directory
    is_equal = True
    try:
        for finding in verify(directory):
            sys.stdout.write(finding.sentence + "\n")
            is_equal = is_equal and finding.is_equal
        for sentence in original_sentences(directory):
            sys.stdout.write(sentence + "\n")
    except Unverifiable as fault:
        sys.stderr.write(f"{fault}\nNothing more could be checked.\n")
        return 1
    return 0 if is_equal else 1


if __name__ == "__main__":
    sys.exit(main())
