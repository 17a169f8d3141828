"""Resolves requirements for Pyodide's Python and platform.

Uses resolvelib, as pip does. This module provides the candidates and turns failures into sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, Resolver
from resolvelib.resolvers import RequirementInformation

from ..errors import BuildError
from ..lock_file import Json
from ..names import is_version
from .index import Index, Wheel


@dataclass(frozen=True)
class Candidate:
    """A wheel with extras, and the chain of packages that requires it."""

    wheel: Wheel
    extras: frozenset[str]
    chain: str = field(compare=False)


@dataclass(frozen=True)
class Ask:
    """A requirement, and what has it: a candidate, or else an asker if that is worth a mention."""

    requirement: Requirement
    parent: Candidate | None = None
    asker: str = ""

    @property
    def chain(self) -> str:
        """What leads to the requirement, empty if it is asked for directly."""
        return self.parent.chain if self.parent else self.asker

    def __str__(self) -> str:
        bare = str(self.requirement).partition(";")[0]
        return f"{self.chain} → {bare}" if self.chain else bare


Cause = RequirementInformation[Ask, Candidate]


@dataclass
class Provider(AbstractProvider[Ask, Candidate, str]):
    """Provides resolvelib with candidates, and records which packages cannot run.

    ``prefer`` has the preferred versions. Requirements for packages in ``without`` are skipped.
    """

    index: Index
    prefer: Mapping[str, str]
    without: Iterable[str] = ()
    unfit: dict[str, str] = field(default_factory=dict)

    def identify(self, requirement_or_candidate: Ask | Candidate) -> str:
        """Return the package's name, with its extras."""
        it = requirement_or_candidate
        named = it.wheel.name if isinstance(it, Candidate) else it.requirement.name
        extras = sorted(it.extras if isinstance(it, Candidate) else it.requirement.extras)
        return canonicalize_name(named) + (f"[{','.join(extras)}]" if extras else "")

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, Candidate],
        candidates: Mapping[str, Iterator[Candidate]],
        information: Mapping[str, Iterator[Cause]],
        backtrack_causes: Sequence[Cause],
    ) -> tuple[bool, bool, str]:
        """Resolve the causes of backtracking first, then pinned packages."""
        causes = {self.identify(cause.requirement) for cause in backtrack_causes}
        pinned = any("==" in str(cause.requirement) for cause in information[identifier])
        return identifier not in causes, not pinned, identifier

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Ask]],
        incompatibilities: Mapping[str, Iterator[Candidate]],
    ) -> list[Candidate]:
        """Return the matching wheels, best first."""
        asks, name = list(requirements[identifier]), identifier.partition("[")[0]
        refused = [candidate.wheel for candidate in incompatibilities[identifier]]
        wheels, newest = self.index.wheels(name), self.index.newest.get(name)
        spec = SpecifierSet(",".join(str(ask.requirement.specifier) for ask in asks))
        trials = all(wheel.url and _is_prerelease(wheel.version) for wheel in wheels)
        wanted = any(spec.contains(wheel.version, prereleases=True) for wheel in wheels)
        if not wheels or (newest and trials and not wanted):
            # No release runs: fail at once, instead of trying each older version of its dependents.
            raise BuildError(self.cannot(name, asks[0]))
        fit = set(spec.filter([wheel.version for wheel in wheels]))
        if not fit and newest and newest in spec:
            self.unfit.setdefault(identifier, self.cannot(name, asks[-1]))
        wheels = [wheel for wheel in wheels if wheel.version in fit and wheel not in refused]
        wheels.sort(key=lambda wheel: bool(wheel.url) and self.prefer.get(name) != wheel.version)
        extras = frozenset(asks[0].requirement.extras)
        chain = f"{asks[0].chain} → " if asks[0].chain else ""
        return [Candidate(w, extras, f"{chain}{name} {w.version}") for w in wheels]

    def is_satisfied_by(self, requirement: Ask, candidate: Candidate) -> bool:
        """Return whether the candidate's version satisfies the requirement."""
        specifier = requirement.requirement.specifier
        return specifier.contains(candidate.wheel.version, prereleases=True)

    def get_dependencies(self, candidate: Candidate) -> Iterator[Ask]:
        """Yield the candidate's requirements in Pyodide."""
        wheel = candidate.wheel
        if candidate.extras:
            yield Ask(Requirement(f"{wheel.name}=={wheel.version}"), candidate)
        try:
            requirements = self.index.requires(wheel)
        except InvalidRequirement as error:
            # pip skips such a version: it conflicts with itself, so that another one is chosen.
            self.unfit[wheel.name] = (
                f"{wheel.name} {wheel.version} has an invalid requirement "
                f"({str(error).splitlines()[0]}): choose another version."
            )
            yield Ask(Requirement(f"{wheel.name}!={wheel.version}"), candidate)
            return
        for requirement in requirements:
            if canonicalize_name(requirement.name) in self.without:
                continue
            if self.index.platform.wants(requirement, candidate.extras):
                yield Ask(requirement, candidate)

    def cannot(self, name: str, ask: Ask) -> str:
        """Return the message for a package without a wheel, with the chain that requires it."""
        newest, entry = self.index.newest.get(name), self.index.platform.packages.get(name)
        if not newest and not entry:
            return f"{name} is in neither the index nor a folder ({ask}): check its name."
        advice = "leave out what requires it, name it in `without`, or add your own wheel"
        if entry:
            advice = (
                f"use a folder or archive of Pyodide, whose distribution has {entry['version']}"
            )
        named = f"{name} {newest}" if newest else name
        return f"{named} has no wheel that runs in Pyodide ({ask}): {advice}."


def _is_prerelease(version: str) -> bool:
    """Return whether this is a version before a release; Pyodide's libraries may have others."""
    return is_version(version) and Version(version).is_prerelease


def resolve(
    asked: Iterable[str],
    index: Index,
    prefer: Mapping[str, str],
    without: Iterable[str] = (),
    askers: Mapping[str, str] | None = None,
) -> dict[str, Json]:
    """Choose a wheel for each required package, and for its dependencies.

    ``prefer`` has versions to keep where possible, ``without`` packages to leave out although
    they are required, both by canonical names. ``askers`` names the apps that have some of the
    requirements, for the messages of errors. Returns, for each package's name, the fields of
    its ``Wheel`` except ``url``, and the names of its dependencies as ``depends``. Raises
    ``BuildError`` if a package is unknown or cannot run in Pyodide, or if requirements conflict.
    """
    provider = Provider(index, prefer, without)
    reporter: BaseReporter[Ask, Candidate, str] = BaseReporter()
    try:
        asks = [Ask(Requirement(line), asker=(askers or {}).get(line, "")) for line in asked]
        wanted = [
            ask
            for ask in asks
            if canonicalize_name(ask.requirement.name) not in provider.without
            and index.platform.wants(ask.requirement, ())
        ]
        result = Resolver(provider, reporter).resolve(wanted, max_rounds=10_000)
    except InvalidRequirement as error:
        raise BuildError(f"Invalid requirement: {str(error).splitlines()[0]}.") from error
    except ResolutionImpossible as error:
        names = sorted({provider.identify(cause.requirement) for cause in error.causes})
        needs = "; ".join(sorted({str(cause.requirement) for cause in error.causes}))
        conflict = f"No version of {names[0]} meets all requirements ({needs}): loosen one of them."
        unfit = [provider.unfit[name] for name in names if name in provider.unfit]
        raise BuildError(unfit[0] if unfit else conflict) from error
    locked: dict[str, Json] = {}
    for key, candidate in sorted(result.mapping.items()):
        held = {name: value for name, value in asdict(candidate.wheel).items() if name != "url"}
        entry = locked.setdefault(candidate.wheel.name, held | {"depends": []})
        children = {str(child).partition("[")[0] for child in result.graph.iter_children(key)}
        entry["depends"] = sorted({*entry["depends"], *children} - {entry["name"]})
    return locked
