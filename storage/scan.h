#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/term_id.h"

// What a reader asks of the store: rows of one sorted permutation. Shared by the store, which
// answers, and the engine, which plans with it.

namespace dossier::storage {

// The order of the columns of a permutation. Statements carry the graph last (gspo, gpos and gosp:
// first). Triple terms <<( s p o )>> are a relation of their own with their id as the last column.
enum class Permutation : std::uint8_t {
    spo,
    sop,
    pso,
    pos,
    osp,
    ops,  // + graph
    gspo,
    gpos,
    gosp,
    triple_spo,
    triple_pos,
    triple_osp,  // + id of the triple term
};
inline constexpr std::size_t permutation_count = 12;

// Which role stands in each of the four columns: 0 subject, 1 predicate, 2 object, 3 graph (or the
// triple term's id).
std::array<std::uint8_t, 4> roles_of(Permutation permutation);

// Which graphs a scan reads.
struct GraphSelection {
    enum class Mode : std::uint8_t {
        one,     // only `graph`
        merged,  // the union of `graphs` (all graphs, the default graph included, when empty):
                 // each distinct (s, p, o) once; the graph column is not offered
        each,    // every graph in `graphs` (all named graphs, not the default one, when empty):
                 // one row a graph, the graph column is offered
    };
    Mode mode = Mode::one;
    TermId graph = default_graph;
    std::vector<TermId> graphs;  // ascending
};

struct ScanRequest {
    Permutation permutation = Permutation::spo;
    // The leading columns that are fixed, in the permutation's order.
    std::array<TermId, 4> prefix{};
    std::size_t prefix_length = 0;
    // Bounds on the column after the prefix, both inclusive.
    std::optional<std::pair<TermId, TermId>> range;
    GraphSelection graphs;  // ignored for triple terms
};

// Rows of one scan in the permutation's order. Belongs to one thread; keeps the store's core alive.
class RowCursor {
  public:
    virtual ~RowCursor() = default;

    // Writes up to `capacity` rows to `columns` (one pointer a column in the permutation's order;
    // nullptr: not wanted) and returns how many; 0 at the end. Throws StoreError on damage.
    virtual std::size_t next(std::span<TermId* const> columns, std::size_t capacity) = 0;

    // Moves forward to the first row whose columns after the prefix are >= key, compared
    // lexicographically over key.size() columns. Never moves back.
    virtual void seek(std::span<const TermId> key) = 0;

    // A batch of look-ups on the first column after the prefix: for the ascending `keys`, starting
    // at key number `key`, writes for each matching row the number of its key to `key_numbers` and
    // the columns as next() does. Returns the rows written; `key` is left at the key to go on with,
    // keys.size() when all are done. Keys of successive calls must ascend.
    virtual std::size_t lookup(std::span<const TermId> keys, std::size_t& key,
                               std::uint32_t* key_numbers, std::span<TermId* const> columns,
                               std::size_t capacity) = 0;
};

}  // namespace dossier::storage
