"""How two signatures of one callable differ."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    from tx_upgrade.history.signatures import Parameter, Signature
else:
    from tx_upgrade.records import Record as NamedTuple


class SignatureChange(NamedTuple):
    """A function, method or constructor whose parameters differ; parameters as Python writes them."""

    name: str
    before: str
    after: str
    gone: tuple[str, ...]
    new: tuple[str, ...]
    defaults: tuple[tuple[str, str | None, str | None], ...]

    @property
    def only_new(self) -> bool:
        """Whether nothing but optional parameters came."""
        return not self.gone and not self.defaults


def difference(name: str, before: Signature, after: Signature) -> SignatureChange:
    """The parameters that went, came and have another default."""
    left, right = ({_plain(p): p for p in s.parameters} for s in (before, after))
    return SignatureChange(
        name,
        str(before),
        str(after),
        tuple(p for p in left if p not in right),
        tuple(_written(right[p]) for p in right if p not in left),
        tuple((p, left[p].default, right[p].default) for p in left if p in right and left[p].default != right[p].default),
    )  # fmt: skip


def _plain(parameter: Parameter) -> str:
    return {"var_positional": "*", "var_keyword": "**"}.get(parameter.kind, "") + parameter.name


def _written(parameter: Parameter) -> str:
    return _plain(parameter) + ("" if parameter.default is None else f"={parameter.default}")
