#pragma once

#include <memory>
#include <string_view>

#include <dossier/claims.h>

#include "engine/store_impl.h"

namespace dossier {

// What is asserted or claimed about a bare pattern, or about the pattern of a SELECT query; see
// Store::claims.
ClaimAnswers ask_claims(const std::shared_ptr<Store::Impl>& store, std::string_view text,
                        const QueryOptions& options);

}  // namespace dossier
