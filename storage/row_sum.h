#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "storage/row.h"

namespace dossier::storage {

// The sum of row_hash() over rows given as columns by role.
RowSum sum_of_rows(const std::array<const std::uint64_t*, 4>& by_role, std::size_t rows);

}  // namespace dossier::storage
