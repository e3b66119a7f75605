"""Measures the analysis: how exact, how honest, how fast; red-dwarf beside it.

Usage: python -m benchmarks.analyse [PART…] [--runs N] [--sets NAME…]

    exact     group-informed consensus against the published column
    axes      principal components against red-dwarf's
    groups    silhouettes and agreement with the published groups, beside red-dwarf's
    shuffled  what is said of the public votes dealt anew within each idea (--runs of each set, or of --sets)
    planted   what is found of groups that were put there
    speed     seconds and memory, red-dwarf beside it, up to 2 million votes
    large     1,000,000 people and 100 million votes (needs 3 GB)

Without a part, all of them in turn. The first four read the Polis open data from ../shared/data/polis.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from statistics import median
from typing import Any, Final

import numpy as np

from benchmarks.crowds import as_records, make_crowd
from deliberation.analysis.clusters import adjusted_rand, distances, silhouettes
from deliberation.analysis.counting import count, count_by_group
from deliberation.analysis.landscape import Outcome, Parameters
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.projection import centre, find_axes
from deliberation.analysis.statistics import consensus
from tests.analysis.crowds import OPEN_DATA, SETS, deal_anew, plant, read_open_set

WITHOUT_RESAMPLES: Final = Parameters(resamples=0)
FEWER_RESAMPLES: Final = Parameters(resamples=12)
BESIDE: Final = [(5_000, 100, 50_000), (20_000, 200, 400_000), (30_000, 1_000, 3_000_000)]
SIZES: Final = [(33_422, 783, 500_000), (33_422, 783, 1_000_000), (33_422, 783, 2_000_000)]
LARGE: Final = (1_000_000, 1_000, 100_000_000)
PATIENCE: Final = 300


def exact(_: argparse.Namespace) -> None:
    """Compare group-informed consensus with the published column."""
    published = read_open_set("bg2050-volunteers")
    matrix = published.matrix
    labels = np.array([published.groups.get(person, -1) for person in matrix.people.tolist()])
    ours = consensus(count_by_group(matrix, labels, int(labels.max()) + 1))
    theirs = np.array([published.consensus[idea] for idea in matrix.ideas.tolist()])
    off = np.abs(ours - theirs)
    print(
        f"bg2050-volunteers: {np.count_nonzero(off < 1e-6)} of {len(off)} equal, at most {off.max():.1e} off"
    )


def axes(_: argparse.Namespace) -> None:
    """Compare both components with red-dwarf's, on the ideas of the map."""
    for name in SETS:
        matrix = read_open_set(name).matrix
        ours = find_axes(centre(matrix, count(matrix)), seed=1).components
        told = red_dwarf(as_records(matrix, on_map_only=True)).statements_df
        columns = np.searchsorted(matrix.ideas, told.index.to_numpy())
        cosines = [
            abs(float(ours[which, columns] @ told[f"pc{which + 1}"].to_numpy())) / np.linalg.norm(ours[which])
            for which in range(2)
        ]
        print(f"{name:20} |cos| {cosines[0]:.6f} {cosines[1]:.6f}")


def groups(_: argparse.Namespace) -> None:
    """Compare groups on our map, over people who are placed by both (or all three)."""
    print(f"{'':20} people  mean silhouette: ours red-dwarf | published   ARI to published: ours red-dwarf")
    for name in SETS:
        published = read_open_set(name)
        found = analyse(published.matrix, WITHOUT_RESAMPLES)
        off_map = found.ideas[~found.is_on_map].tolist()
        told = red_dwarf(as_records(published.matrix), mod_out_statement_ids=off_map).participants_df
        theirs = told["cluster_id"].dropna().astype(int).to_dict()
        rows = [row for row, person in enumerate(found.people.tolist()) if found.group_of[row] >= 0]
        rows = [row for row in rows if int(found.people[row]) in theirs]
        by_both = [row for row in rows if int(found.people[row]) in published.groups]
        ours = found.group_of.astype(np.int64)
        other = np.array([theirs.get(person, -1) for person in found.people.tolist()])
        public = np.array([published.groups.get(person, -1) for person in found.people.tolist()])
        near = [mean_silhouette(found.points, labels, rows) for labels in (ours, other)]
        near.append(mean_silhouette(found.points, public, by_both))
        agree = [adjusted_rand(labels[by_both], public[by_both]) for labels in (ours, other)]
        figures = f"{near[0]:21.4f} {near[1]:9.4f} | {near[2]:9.4f} {agree[0]:24.3f} {agree[1]:9.3f}"
        print(f"{name:20} {len(rows):6}  {figures}")


def shuffled(arguments: argparse.Namespace) -> None:
    """Count what is said of votes that hold nothing but chance, and of the same votes as they were."""
    for name in arguments.sets or SETS:
        matrix = read_open_set(name).matrix
        decision = analyse(matrix, FEWER_RESAMPLES).decision
        print(f"{name:20} as voted: {decision.outcome}, mean ARI {decision.stability}", flush=True)
        said = Counter(
            analyse(deal_anew(matrix, seed=seed), FEWER_RESAMPLES).decision.outcome
            for seed in range(arguments.runs)
        )
        honest = arguments.runs - said[Outcome.GROUPS]
        told = ", ".join(f"{outcome} {times}" for outcome, times in said.most_common())
        print(
            f"{'':20} dealt anew: {told}: {100 * honest / arguments.runs:.1f} % as it should be", flush=True
        )


def planted(_: argparse.Namespace) -> None:
    """Look for groups that were put there, of 500 people on 200 ideas."""
    print("groups noise seen: found dimensions ARI, mean ARI over resamples, outcome")
    for planted_groups in (2, 3, 4, 5):
        for noise in (0.1, 0.25, 0.4):
            for seen in (0.05, 0.1, 0.2, 0.6):
                matrix, truth = plant(planted_groups, people=500, ideas=200, noise=noise, seen=seen)
                found = analyse(matrix, FEWER_RESAMPLES)
                is_placed = found.is_placed
                index = adjusted_rand(found.group_of[is_placed].astype(np.int64), truth[is_placed])
                asked = f"{planted_groups:6} {noise:5.0%} {seen:4.0%}"
                told = f"{found.groups:5} {found.decision.dimensions:10} {index:.2f}"
                stability = found.decision.stability or 0.0
                print(f"{asked}: {told} {stability:.2f} {found.decision.outcome}", flush=True)


def speed(_: argparse.Namespace) -> None:
    """Time both, each in a process of its own."""
    for shape in BESIDE:
        for who in ("ours", "red-dwarf"):
            print(describe(who, shape, measured(who, shape)), flush=True)
    for shape in SIZES:
        print(describe("ours", shape, measured("ours", shape)), flush=True)


def large(_: argparse.Namespace) -> None:
    """Time a hundred million votes."""
    print(describe("ours", LARGE, measured("ours", LARGE)), flush=True)


def measured(who: str, shape: tuple[int, int, int]) -> dict[str, Any] | None:
    """Run one analysis in a process of its own; None if it does not end in time or in memory."""
    command = [sys.executable, "-m", "benchmarks.analyse", "--one", who, *map(str, shape)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return dict(json.loads(done.stdout.splitlines()[-1]))


def describe(who: str, shape: tuple[int, int, int], figures: dict[str, Any] | None) -> str:
    """Return a line of figures."""
    what = f"{who:10} {shape[0]:9,} x {shape[1]:5,}"
    if figures is None:
        return f"{what}: did not end"
    return (
        f"{what}, {figures['votes'] / 1e6:6.2f} M votes: {figures['seconds']:6.2f} s "
        f"({figures['processor']:.2f} s of processor), {figures['megabytes']:,.0f} MB in all, "
        f"{figures['before']:,.0f} MB of them before"
    )


def run_one(who: str, shape: tuple[int, int, int]) -> None:
    """Make a crowd, analyse it, and print the figures: the median of up to five."""
    matrix = make_crowd(*shape)
    if who == "ours":
        work: Callable[[], Any] = lambda: analyse(matrix, WITHOUT_RESAMPLES)  # noqa: E731
    else:
        records = as_records(matrix)
        red_dwarf(records[:2_000])
        work = lambda: red_dwarf(records)  # noqa: E731
    before = peak()
    taken: list[tuple[float, float]] = []
    while len(taken) < 5 and sum(seconds for seconds, _ in taken) < 4:
        clock, processor = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - clock, time.process_time() - processor))
    print(
        json.dumps(
            {
                "votes": len(matrix.choices),
                "seconds": median(seconds for seconds, _ in taken),
                "processor": median(processor for _, processor in taken),
                "before": before,
                "megabytes": peak(),
            }
        )
    )


def peak() -> float:
    """The most memory this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def mean_silhouette(points: Any, labels: Any, rows: list[int]) -> float:
    """Return the mean over these people, each counting once."""
    _, renamed = np.unique(labels[rows], return_inverse=True)
    return float(silhouettes(distances(points[rows]), renamed, int(renamed.max()) + 1).mean())


def red_dwarf(records: list[dict[str, Any]], **more: Any) -> Any:
    """Run red-dwarf's whole pipeline."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from reddwarf.implementations.base import run_pipeline

        return run_pipeline(votes=records, random_state=0, **more)


PARTS: Final = {
    part.__name__: part for part in (exact, axes, groups, shuffled, planted, speed, large)
}  # fmt: skip
NEEDS_OPEN_DATA: Final = {"exact", "axes", "groups", "shuffled"}


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="what to measure")
    parser.add_argument("--runs", type=int, default=200, help="how often each set is dealt anew")
    parser.add_argument("--sets", nargs="+", choices=SETS, help="deal these anew, and no others")
    parser.add_argument("--one", nargs=4, metavar=("WHO", "PEOPLE", "IDEAS", "VOTES"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        who, *shape = arguments.one
        people, ideas, votes = map(int, shape)
        run_one(who, (people, ideas, votes))
        return 0
    for name in arguments.parts or PARTS:
        print(f"\n{name}: {(PARTS[name].__doc__ or '').splitlines()[0]}")
        if name in NEEDS_OPEN_DATA and not OPEN_DATA.is_dir():
            print("not measured: the Polis open data is not in ../shared/data/polis")
        else:
            PARTS[name](arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
