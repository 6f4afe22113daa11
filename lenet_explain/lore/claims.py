"""The claims of claims.toml, and the verdict on each: computed, or looked up in the paper, never typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from lenet_explain.lore.checks import Check, OfNetwork
from lenet_explain.lore.count_checks import (
    AmountsToDense,
    Count,
    FedWith,
    FieldIs,
    LayerIs,
    Links,
    SameBut,
    ShapeIs,
    Spread,
)
from lenet_explain.lore.paper_checks import Best, Contradicted, Misread, PaperArgues, PaperSays, Trained, Unknown
from lenet_explain.lore.reading import FOLDER, Entry, entries, only, tables, unique
from lenet_explain.network.named import ARTICLES, NETWORKS
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.network.worked import Worked, given

FILE = FOLDER / "claims.toml"
Verdict = Literal["true", "in effect", "false", "elsewhere", "contradicted", "open"]
Vote = Literal["true", "false", "cannot be said"]
VOTES: tuple[Vote, ...] = ("true", "false", "cannot be said")
RIGHT_VOTE: Mapping[Verdict, Vote] = MappingProxyType(
    {
        "true": "true",
        "in effect": "true",
        "false": "false",
        "elsewhere": "false",
        "contradicted": "cannot be said",
        "open": "cannot be said",
    }
)
_KINDS: tuple[type[Check], ...] = (
    *(Count, ShapeIs, LayerIs, Links, FieldIs, SameBut, FedWith, Spread, AmountsToDense),
    *(PaperSays, PaperArgues, Trained, Best, Misread, Contradicted, Unknown),
)
KINDS: Mapping[str, type[Check]] = MappingProxyType({kind.kind: kind for kind in _KINDS})


@dataclass(frozen=True, slots=True)
class Source:
    """A text that makes claims. key: a letter for the four articles, else a short name."""

    key: str
    title: str


@dataclass(frozen=True)
class Claim:
    """What is said, by whom, why people believe or doubt it, and the checks that must all hold for it to be true."""

    id: str
    words: str
    sources: tuple[Source, ...]
    why: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """lines: what was found, in Markdown; elsewhere: networks of which it is true, where it is not of its own."""

    verdict: Verdict
    lines: tuple[str, ...]
    elsewhere: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Claims:
    """What the file holds, in its order."""

    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]

    def of(self, source: str) -> tuple[Claim, ...]:
        """Those that the source of this key makes."""
        return tuple(claim for claim in self.claims if source in [one.key for one in claim.sources])


@lru_cache(maxsize=4)
def read_claims(path: Path = FILE) -> Claims:
    """Raises LoreError naming the file, the entry, the field and the rule."""
    values = tables(path)
    only(values, ("source", "claim"), path)
    articles = [Source(key, f"Article {key}: “{title}”") for key, title in ARTICLES.items()]
    sources = (*articles, *(_source(entry) for entry in entries(values, "source", path)))
    unique([one.key for one in sources], "the source", path)
    by_key = {one.key: one for one in sources}
    claims = tuple(_claim(entry, by_key, path) for entry in entries(values, "claim", path))
    unique([one.id for one in claims], "the claim", path)
    return Claims(claims, sources)


def _source(entry: Entry) -> Source:
    found = Source(entry.words("key"), entry.words("title"))
    entry.end()
    return found


def _claim(entry: Entry, sources: Mapping[str, Source], path: Path) -> Claim:
    key = entry.words("id")
    entry.where = f"{path.name}, claim '{key}'"
    words, why = entry.words("words"), entry.words("why")
    by = tuple(sources[one] for one in entry.listed("sources", sources))
    given_ = entry.anything("check")
    entry.end()
    several = given_ if isinstance(given_, list) else [given_]
    if not several:
        raise entry.refuse("check is empty, and must be one check or a list of them")
    return Claim(key, words, by, why, tuple(_check(Entry(one, f"{entry.where}, check")) for one in several))


def _check(entry: Entry) -> Check:
    kind = entry.words("kind", among=KINDS)
    found = KINDS[kind].read(entry)
    entry.end()
    return found


def judge(claim: Claim, networks: Mapping[str, Network] = NETWORKS) -> Judged:
    """A contradiction in the paper decides before an open question, that before all else."""
    found = [check.on(networks) for check in claim.checks]
    lines = tuple(line for one in found for line in one.lines)
    if any(one.contradicted for one in found):
        return Judged("contradicted", lines)
    if any(one.open for one in found):
        return Judged("open", lines)
    if all(one.holds for one in found):
        return Judged("in effect" if any(one.in_effect for one in found) else "true", lines)
    elsewhere = _elsewhere(claim, networks)
    if not elsewhere:
        return Judged("false", lines)
    return Judged("elsewhere", (*lines, *_bridges(claim, elsewhere, networks)), elsewhere)


def _elsewhere(claim: Claim, networks: Mapping[str, Network]) -> tuple[Network, ...]:
    """The networks of which every check of the claim holds; none where a check asks no network."""
    return tuple(network for key, network in networks.items() if _holds(claim, key, networks))


def _holds(claim: Claim, key: str, networks: Mapping[str, Network]) -> bool:
    moved = [check.of(key) for check in claim.checks]
    return all(check is not None and check.on(networks).holds for check in moved)


def _bridges(claim: Claim, elsewhere: Sequence[Network], networks: Mapping[str, Network]) -> tuple[str, ...]:
    """Of a wrong total, the way from the right one to each network that has it, layer by layer; else an example."""
    check = claim.checks[0]
    total = isinstance(check, Count) and not check.layer and not check.change and check.what == "parameters"
    if not isinstance(check, Count) or not total:
        moved = [check.of(elsewhere[0].key) for check in claim.checks]
        return tuple(line for one in moved if one is not None for line in one.on(networks).lines)
    groups: dict[str, list[str]] = {}
    for network in elsewhere:
        line = bridge(networks[check.network], network)
        groups.setdefault(line, []).append(network.title)
    return tuple(f"{' and '.join(titles)}: {line} {check.what}." for line, titles in groups.items())


def bridge(one: Network, other: Network) -> str:
    """'60,000 + 900 (C3) − 12 (S2) … = 61,706': parameters, layer by layer."""
    mine, theirs = ({step.name: step.parameters for step in walk(network)} for network in (one, other))
    zero = given(0)
    changes: dict[str, float] = {
        name: theirs.get(name, zero).value - mine.get(name, zero).value for name in dict.fromkeys([*mine, *theirs])
    }
    start = totals(walk(one)).parameters.result
    terms = [f"{'+' if change > 0 else '−'} {abs(change):,} ({name})" for name, change in changes.items() if change]
    end: Worked = totals(walk(other)).parameters
    return f"{' '.join([start.text, *terms])} = {end.value:,}"


def asked_of(claim: Claim) -> str:
    """The title of the network that its first check asks; '' where that asks the paper."""
    first = claim.checks[0]
    return NETWORKS[first.network].title if isinstance(first, OfNetwork) else ""


@lru_cache(maxsize=256)
def verdict_on(claim: Claim) -> Judged:
    """Of the networks as they are described."""
    return judge(claim)


def tally(votes: Mapping[str, str]) -> tuple[int, int]:
    """How many claims were voted on, and on how many rightly. votes: by the claim's id; unknown ids do not count."""
    claims = {claim.id: claim for claim in read_claims().claims}
    known = {key: vote for key, vote in votes.items() if key in claims}
    return len(known), sum(RIGHT_VOTE[verdict_on(claims[key]).verdict] == vote for key, vote in known.items())
