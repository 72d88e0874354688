#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/block_store.h"

namespace dossier::storage {

// Small named values kept with the store. Read from memory; a change is durable when it returns and
// is no commit: it has no number and readers of older states see it too. Thread-safe.
class Settings {
  public:
    using Values = std::map<std::string, std::string, std::less<>>;

    Settings(std::shared_ptr<BlockStore> store, Values values);
    static Values load(const BlockStore& store);

    std::optional<std::string> get(std::string_view name) const;
    std::vector<std::pair<std::string, std::string>> all() const;
    // All of them or none.
    void set(const std::vector<std::pair<std::string, std::string>>& settings);
    void remove(std::string_view name);

  private:
    std::shared_ptr<BlockStore> store_;
    mutable std::mutex mutex_;
    Values values_;
};

}  // namespace dossier::storage
