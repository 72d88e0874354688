#include "storage/settings.h"

#include "storage/root.h"

namespace dossier::storage {

namespace {

std::string key_of(std::string_view name) {
    return std::string(setting_prefix).append(name);
}

}  // namespace

Settings::Settings(std::shared_ptr<BlockStore> store, Values values)
    : store_(std::move(store)), values_(std::move(values)) {}

Settings::Values Settings::load(const BlockStore& store) {
    Values values;
    // '0' follows '/': the limit of all keys with the prefix.
    std::string limit(setting_prefix);
    limit.back() = '0';
    const auto cursor = store.scan(Family::meta, setting_prefix, limit);
    while (cursor->next()) {
        values.emplace(std::string(cursor->key().substr(setting_prefix.size())),
                       std::string(cursor->value()));
    }
    return values;
}

std::optional<std::string> Settings::get(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::pair<std::string, std::string>> Settings::all() const {
    const std::lock_guard lock(mutex_);
    return {values_.begin(), values_.end()};
}

void Settings::set(const std::vector<std::pair<std::string, std::string>>& settings) {
    if (settings.empty()) return;
    const std::lock_guard lock(mutex_);
    const auto batch = store_->batch();
    for (const auto& [name, value] : settings) batch->put(Family::meta, key_of(name), value);
    store_->write(*batch, true);
    for (const auto& [name, value] : settings) values_.insert_or_assign(name, value);
}

void Settings::remove(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto found = values_.find(name);
    if (found == values_.end()) {
        return;
    }
    const auto batch = store_->batch();
    batch->remove(Family::meta, key_of(name));
    store_->write(*batch, true);
    values_.erase(found);
}

}  // namespace dossier::storage
