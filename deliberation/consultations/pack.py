"""Reading a pack from its file: plain YAML, without the parts of YAML that surprise."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node

from deliberation.consultations.pack_schema import parse_pack
from deliberation.consultations.pack_values import ConsultationPack, Fault, PackRefused

MOST_BYTES: Final = 1_000_000


def read_pack(path: Path) -> ConsultationPack:
    """Return the pack in the file. Raises PackRefused, with every reason there is."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PackRefused([Fault("", f"cannot be read ({error.strerror})")]) from error
    if len(content) > MOST_BYTES:
        raise PackRefused([Fault("", f"is larger than {MOST_BYTES:,} bytes")])
    return parse_pack(read_yaml(content))


def read_yaml(content: bytes) -> Any:
    """Return what the YAML says.

    Raises PackRefused, naming the line, for a mistake in the YAML, a key written twice and an alias.
    """
    try:
        return yaml.load(content, Loader=_StrictLoader)  # noqa: S506 - a safe loader, made stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}" if mark else ""
        raise PackRefused([Fault(line, error.problem or "is not YAML")]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PackRefused([Fault("", "is not YAML in UTF-8")]) from error
    except RecursionError as error:
        raise PackRefused([Fault("", "is nested too deeply")]) from error


class _StrictLoader(yaml.SafeLoader):
    """Refuses what YAML allows and nobody means: a key twice, references that multiply."""

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """Refuse aliases: a few lines of them can stand for gigabytes."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise ConstructorError(None, None, "aliases (*name) are not taken here", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Refuse a key that is written twice, instead of keeping the last."""
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable):
                if key in seen:
                    raise ConstructorError(
                        None, None, f"the key “{key}” is written twice", key_node.start_mark
                    )
                seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        """Say on which line a date or number stands that is none."""
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            raise ConstructorError(None, None, str(error), node.start_mark) from error
