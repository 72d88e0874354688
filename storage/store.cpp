#include "storage/store.h"

#include <mutex>

#include <dossier/error.h>

#include "storage/bulk_load.h"
#include "storage/load_publisher.h"
#include "storage/recovery.h"
#include "storage/store_core.h"
#include "storage/store_transaction.h"
#include "storage/triple_dictionary.h"
#include "storage/verify.h"

namespace dossier::storage {

namespace {

class OpenStore : public Store {
  public:
    explicit OpenStore(std::shared_ptr<StoreCore> core) : core_(std::move(core)) {}

    ~OpenStore() override {
        if (core_) {
            core_->finish();
        }
    }

    std::shared_ptr<const Snapshot> snapshot() const override { return core()->snapshot(); }

    std::unique_ptr<Transaction> begin(std::chrono::milliseconds timeout) override {
        const auto core = this->core();
        core->throw_if_read_only();
        auto right = std::make_unique<HeldRight>(core->right(), timeout);
        core->throw_if_read_only();
        return std::make_unique<StoreTransaction>(CoreReference(core), std::move(right));
    }

    std::unique_ptr<BulkLoad> bulk_load(const LoadOptions& options) override {
        const auto core = this->core();
        core->throw_if_read_only();
        return make_bulk_load(
            std::make_unique<LoadPublisher>(CoreReference(core), !options.replace_graphs.empty()),
            options);
    }

    std::optional<std::string> setting(std::string_view name) const override {
        return core()->settings().get(name);
    }
    void set_setting(std::string_view name, std::string_view value) override {
        const auto core = this->core();
        core->throw_if_read_only();
        core->settings().set({{std::string(name), std::string(value)}});
    }
    void set_settings(const std::vector<std::pair<std::string, std::string>>& settings) override {
        const auto core = this->core();
        core->throw_if_read_only();
        core->settings().set(settings);
    }
    void remove_setting(std::string_view name) override {
        const auto core = this->core();
        core->throw_if_read_only();
        core->settings().remove(name);
    }
    std::vector<std::pair<std::string, std::string>> settings() const override {
        return core()->settings().all();
    }

    StoreInfo info() const override {
        const auto core = this->core();
        const std::shared_ptr<const State> state = core->commits().published();
        StoreInfo info;
        info.uuid = to_string(core->header().uuid);
        info.epoch = core->header().epoch;
        info.format_version = core->header().version;
        info.commits = state->number;
        info.statements = state->statements;
        info.named_graphs = state->graphs->size();
        info.terms = core->dictionary()->term_count();
        info.triple_terms = core->dictionary()->triples().size();
        info.bytes_on_disk = core->blocks()->bytes_on_disk();
        info.unfolded_changes = state->unfolded_changes;
        return info;
    }

    bool read_only() const override {
        const auto core = this->core();
        return core->blocks()->read_only() || core->commits().failure();
    }
    bool persistent() const override { return core()->blocks()->persistent(); }

    std::string temporary_directory() const override {
        const auto core = this->core();
        return core->files() && !core->blocks()->read_only()
                   ? core->files()->make_temporary_directory()
                   : std::string();
    }

    std::vector<std::string> verify() const override { return verify_store(core()); }

    void close() override {
        std::unique_lock lock(mutex_);
        if (!core_) {
            return;
        }
        if (core_->live().load(std::memory_order_acquire) != 0) {
            throw UsageError(
                "the store cannot be closed while snapshots, cursors, transactions or "
                "loads of it live");
        }
        const std::shared_ptr<StoreCore> core = std::move(core_);
        lock.unlock();
        core->finish();
    }

  private:
    std::shared_ptr<StoreCore> core() const {
        const std::lock_guard lock(mutex_);
        if (!core_) {
            throw UsageError("the store is closed");
        }
        return core_;
    }

    mutable std::mutex mutex_;
    std::shared_ptr<StoreCore> core_;
};

}  // namespace

std::shared_ptr<Store> Store::open(const std::string& path, const OpenOptions& options) {
    return open_store_over(path, options, nullptr);
}

std::shared_ptr<Store> open_store_over(const std::string& path, const OpenOptions& options,
                                       rocksdb::Env* environment, const FoldLimits& fold_limits) {
    return std::make_shared<OpenStore>(open_store(path, options, environment, fold_limits));
}

std::shared_ptr<Store> Store::in_memory() {
    return std::make_shared<OpenStore>(open_store_in_memory());
}

}  // namespace dossier::storage
