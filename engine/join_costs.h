#pragma once

// What the join planner takes work to cost, about a nanosecond a unit.
namespace dossier::engine::costs {

inline constexpr double scan_start = 2000, scan_row = 4, merge_row = 4, output_row = 5;
inline constexpr double lookup_sorted = 400, lookup_random = 700;
inline constexpr double build_row = 30, probe_row = 20;
// A row of a GROUP BY that hashes, more than of one whose rows come sorted.
inline constexpr double hashed_group_row = 27;
// Of a path: a start, an edge that is looked up, one that is read with all others, one that is
// followed in memory.
inline constexpr double path_start = 1500, path_lookup = 400, path_edge = 100, path_follow = 30;

}  // namespace dossier::engine::costs
