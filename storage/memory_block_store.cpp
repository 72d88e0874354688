#include "storage/memory_block_store.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <shared_mutex>

#include <dossier/error.h>

namespace dossier::storage {
namespace {

using Value = std::shared_ptr<const std::string>;
using Keys = std::map<std::string, Value, std::less<>>;

struct Core {
    mutable std::shared_mutex mutex;
    std::array<Keys, family_count> families;
    std::array<std::vector<IngestedFile>, family_count> files;

    Keys& keys(Family family) { return families[static_cast<std::size_t>(family)]; }
    const Keys& keys(Family family) const { return families[static_cast<std::size_t>(family)]; }
};

PinnedValue pinned(const Value& value) {
    return {value, *value};
}

// The entries as they were at the call: immutable values, so only pointers are copied.
class MemoryCursor : public KeyCursor {
  public:
    explicit MemoryCursor(std::vector<std::pair<std::string, Value>> entries)
        : entries_(std::move(entries)) {}

    bool next() override {
        if (next_ == entries_.size()) {
            return false;
        }
        ++next_;
        return true;
    }
    std::string_view key() const override { return entries_[next_ - 1].first; }
    std::string_view value() const override { return *entries_[next_ - 1].second; }

  private:
    std::vector<std::pair<std::string, Value>> entries_;
    std::size_t next_ = 0;
};

struct Operation {
    enum class Kind : std::uint8_t { put, remove, remove_range } kind;
    Family family;
    std::string key;
    std::string value;  // for ranges: the limit
};

class MemoryBatch : public WriteBatch {
  public:
    void put(Family family, std::string_view key, std::string_view value) override {
        operations.push_back({Operation::Kind::put, family, std::string(key), std::string(value)});
        bytes_ += key.size() + value.size();
    }
    void remove(Family family, std::string_view key) override {
        operations.push_back({Operation::Kind::remove, family, std::string(key), {}});
        bytes_ += key.size();
    }
    void remove_range(Family family, std::string_view first, std::string_view limit) override {
        operations.push_back(
            {Operation::Kind::remove_range, family, std::string(first), std::string(limit)});
        bytes_ += first.size() + limit.size();
    }
    std::size_t bytes() const override { return bytes_; }

    std::vector<Operation> operations;

  private:
    std::size_t bytes_ = 0;
};

class MemoryIngest : public Ingest {
  public:
    MemoryIngest(std::shared_ptr<Core> core, Family family)
        : core_(std::move(core)), family_(family) {}

    void add(std::string_view key, std::string_view value) override {
        if (!pairs_.empty() && pairs_.back().first >= key) {
            throw UsageError("keys of an ingest must ascend");
        }
        pairs_.emplace_back(std::string(key), std::make_shared<const std::string>(value));
        bytes_ += key.size() + value.size();
    }
    std::uint64_t bytes() const override { return bytes_; }
    void finish() override {
        if (pairs_.empty()) {
            return;
        }
        const std::unique_lock lock(core_->mutex);
        IngestedFile file{pairs_.front().first, pairs_.back().first, bytes_};
        Keys& keys = core_->keys(family_);
        for (auto& [key, value] : pairs_) {
            if (!keys.emplace(std::move(key), std::move(value)).second) {
                throw StoreError("an ingest met a key that is already there");
            }
        }
        auto& files = core_->files[static_cast<std::size_t>(family_)];
        files.insert(std::upper_bound(files.begin(), files.end(), file,
                                      [](const IngestedFile& a, const IngestedFile& b) {
                                          return a.first_key < b.first_key;
                                      }),
                     std::move(file));
        pairs_.clear();
    }

  private:
    std::shared_ptr<Core> core_;
    Family family_;
    std::vector<std::pair<std::string, Value>> pairs_;
    std::uint64_t bytes_ = 0;
};

class MemoryBlockStore : public BlockStore {
  public:
    PinnedValue get(Family family, std::string_view key) const override {
        const std::shared_lock lock(core_->mutex);
        const Keys& keys = core_->keys(family);
        const auto found = keys.find(key);
        return found == keys.end() ? PinnedValue{} : pinned(found->second);
    }

    void multi_get(Family family, std::span<const std::string_view> keys,
                   std::span<PinnedValue> values) const override {
        for (std::size_t i = 0; i < keys.size(); ++i) {
            values[i] = get(family, keys[i]);
        }
    }

    std::unique_ptr<KeyCursor> scan(Family family, std::string_view first,
                                    std::string_view limit) const override {
        const std::shared_lock lock(core_->mutex);
        const Keys& keys = core_->keys(family);
        std::vector<std::pair<std::string, Value>> entries;
        for (auto at = keys.lower_bound(first);
             at != keys.end() && (limit.empty() || at->first < limit); ++at) {
            entries.emplace_back(at->first, at->second);
        }
        return std::make_unique<MemoryCursor>(std::move(entries));
    }

    std::unique_ptr<WriteBatch> batch() const override { return std::make_unique<MemoryBatch>(); }

    void write(WriteBatch& batch, bool) override {
        const std::unique_lock lock(core_->mutex);
        for (Operation& operation : dynamic_cast<MemoryBatch&>(batch).operations) {
            Keys& keys = core_->keys(operation.family);
            switch (operation.kind) {
                case Operation::Kind::put:
                    keys.insert_or_assign(
                        std::move(operation.key),
                        std::make_shared<const std::string>(std::move(operation.value)));
                    break;
                case Operation::Kind::remove:
                    keys.erase(operation.key);
                    break;
                case Operation::Kind::remove_range:
                    if (operation.key < operation.value) {
                        keys.erase(keys.lower_bound(operation.key),
                                   keys.lower_bound(operation.value));
                    }
                    break;
            }
        }
    }

    void sync_log() override {}

    std::unique_ptr<Ingest> begin_ingest(Family family) override {
        return std::make_unique<MemoryIngest>(core_, family);
    }

    std::vector<IngestedFile> list(Family family) const override {
        const std::shared_lock lock(core_->mutex);
        return core_->files[static_cast<std::size_t>(family)];
    }

    void drop(Family family, std::string_view first, std::string_view limit) override {
        if (first >= limit) {
            return;
        }
        const std::unique_lock lock(core_->mutex);
        Keys& keys = core_->keys(family);
        keys.erase(keys.lower_bound(first), keys.lower_bound(limit));
        std::erase_if(core_->files[static_cast<std::size_t>(family)],
                      [&](const IngestedFile& file) {
                          return file.first_key >= first && file.last_key < limit;
                      });
    }

    void flush() override {}

    std::uint64_t bytes_on_disk() const override { return 0; }

    void checkpoint(const std::string&) override {
        throw UsageError("a store in memory has no files to copy");
    }

    std::vector<std::string> verify() const override { return {}; }
    bool read_only() const override { return false; }
    bool persistent() const override { return false; }
    void catch_up() override {}

  private:
    std::shared_ptr<Core> core_ = std::make_shared<Core>();
};

}  // namespace

std::shared_ptr<BlockStore> open_memory_block_store() {
    return std::make_shared<MemoryBlockStore>();
}

std::string_view family_name(Family family) {
    static constexpr std::array<std::string_view, family_count> names{
        "meta",  "log",  "directory",  "blocks",  "terms",  "term_index", "term_filter",
        "names", "tail", "tail_index", "triples", "values", "statistics", "extension"};
    return names.at(static_cast<std::size_t>(family));
}

}  // namespace dossier::storage
