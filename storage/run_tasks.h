#pragma once

#include <functional>
#include <vector>

namespace dossier::storage {

// Runs tasks on up to `threads` threads, this one included; rethrows the first failure.
void run_tasks(std::vector<std::function<void()>>& tasks, unsigned threads);

}  // namespace dossier::storage
