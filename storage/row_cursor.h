#pragma once

#include <cstdint>
#include <memory>

#include "storage/graph_filter.h"
#include "storage/merged_blocks.h"
#include "storage/scan.h"

namespace dossier::storage {

// What a request selects, for scans and counts alike. Throws UsageError for what cannot be asked:
// five columns, or merged graphs in an order that begins with the graph.
struct Selection {
    explicit Selection(const ScanRequest& request);

    RowBounds bounds;
    std::size_t prefix_length;
    GraphFilter filter;
    bool merges_graphs;
    bool is_empty = false;

    // Whether a triple can come twice among the rows the filter lets through.
    bool duplicates_possible(const MergedBlocks& blocks) const;
};

// Rows of `blocks` as a reader at `number` sees them.
std::unique_ptr<RowCursor> make_row_cursor(std::shared_ptr<const MergedBlocks> blocks,
                                           const ScanRequest& request, std::uint64_t number);

}  // namespace dossier::storage
