#pragma once

#include <memory>

#include "engine/aggregate_state.h"

namespace dossier::engine {

// SUM, or with `average` AVG (SPARQL 1.1 sections 18.5.1.3 and 18.5.1.4): exact for integers and
// decimals; 0 of no value, an error of what is no number.
std::unique_ptr<AggregateState> make_sum_state(bool average);

}  // namespace dossier::engine
