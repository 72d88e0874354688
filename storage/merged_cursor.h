#pragma once

#include <memory>

#include "storage/scan.h"

namespace dossier::storage {

// The rows of two scans of the same request that have no row in common, in one order. For a
// transaction's own triple terms above the stored ones.
std::unique_ptr<RowCursor> merge_cursors(const ScanRequest& request,
                                         std::unique_ptr<RowCursor> first,
                                         std::unique_ptr<RowCursor> second);

}  // namespace dossier::storage
