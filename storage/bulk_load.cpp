#include "storage/bulk_load.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>

#include <dossier/error.h>

#include "storage/bulk_load_chunk.h"
#include "storage/bulk_load_rows.h"
#include "storage/bulk_load_spool.h"
#include "storage/bulk_load_terms.h"
#include "storage/disk_full.h"

namespace dossier::storage {

namespace {

constexpr std::size_t least_chunk_bytes = std::size_t{1} << 17;
constexpr std::size_t most_chunk_bytes = std::size_t{512} << 20;

class Load : public BulkLoad {
  public:
    Load(std::unique_ptr<LoadTarget> target, const LoadOptions& options)
        : target_(std::move(target)),
          options_(options),
          threads_(options.threads != 0 ? options.threads
                                        : std::max(1u, std::thread::hardware_concurrency())),
          directory_(target_->temporary_directory()),
          // Half for chunks being filled, half for those that are full.
          space_(std::make_shared<SpoolSpace>(options.memory_bytes / 2, directory_)),
          chunk_bytes_(std::clamp(options.memory_bytes / 2 / threads_, least_chunk_bytes,
                                  most_chunk_bytes)) {}

    std::unique_ptr<BulkLoad::Worker> worker() override;
    LoadCounts finish() override;

  private:
    class ChunkWorker;

    // Everything up to the commit.
    void prepare(TermMerge& terms, PreparedLoad& prepared);
    void abandon(TermMerge& terms) noexcept;

    void take(std::unique_ptr<SealedChunk> chunk, std::uint64_t read) {
        const std::lock_guard lock(mutex_);
        chunks_.push_back(std::move(chunk));
        read_ += read;
    }

    std::unique_ptr<LoadTarget> target_;
    const LoadOptions options_;
    const unsigned threads_;
    const std::string directory_;
    const std::shared_ptr<SpoolSpace> space_;
    const std::size_t chunk_bytes_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<SealedChunk>> chunks_;
    std::uint64_t read_ = 0;
    bool finished_ = false;
};

class Load::ChunkWorker : public BulkLoad::Worker {
  public:
    explicit ChunkWorker(Load& load) : load_(load), chunk_(load.space_) {}

    void add(const QuadView& quad, std::uint32_t scope) override {
        chunk_.add(quad, scope);
        if (++given_ % rows_between_checks == 0) throw_if_stopped(load_.options_.stop);
        if (chunk_.memory() >= load_.chunk_bytes_) flush();
    }

    void flush() override {
        if (chunk_.rows() == 0) return;
        const std::uint64_t rows = chunk_.rows();
        load_.take(chunk_.seal(), rows);
    }

  private:
    static constexpr std::uint64_t rows_between_checks = 1'024;
    Load& load_;
    LoadChunk chunk_;
    std::uint64_t given_ = 0;
};

std::unique_ptr<BulkLoad::Worker> Load::worker() {
    return std::make_unique<ChunkWorker>(*this);
}

LoadCounts Load::finish() {
    if (finished_) throw UsageError("a load is finished once");
    finished_ = true;
    throw_if_stopped(options_.stop);
    const auto dictionary = target_->dictionary();
    PreparedLoad prepared;
    prepared.counts.read = read_;

    TermMerge terms(dictionary, target_->block_store(), chunks_, options_.stop);
    try {
        prepare(terms, prepared);
    } catch (...) {
        abandon(terms);
        throw;
    }
    try {
        target_->publish(prepared, options_.commit);
    } catch (const DiskFull&) {
        abandon(terms);
        throw;
    }
    return prepared.counts;
}

void Load::prepare(TermMerge& terms, PreparedLoad& prepared) {
    terms.run(threads_);

    for (const Term& graph : options_.replace_graphs) {
        if (const auto id = target_->dictionary()->find(graph.view())) {
            prepared.emptied_graphs.push_back(*id);
        }
    }
    std::sort(prepared.emptied_graphs.begin(), prepared.emptied_graphs.end());
    const bool named_graphs = std::any_of(chunks_.begin(), chunks_.end(),
                                          [](const auto& chunk) { return chunk->has_graphs; });

    LoadRows rows(*target_, {options_.memory_bytes, directory_, threads_, options_.stop,
                             prepared.emptied_graphs});
    rows.collect(chunks_, terms);
    const LoadTarget::Shape shape = target_->shape(read_, named_graphs);
    rows.write(shape, named_graphs);
    rows.write_removed(shape);

    prepared.dictionary = std::move(terms.root());
    prepared.entries = std::move(terms.entries());
    prepared.statements = rows.written();
    prepared.counts.added = rows.added();
    prepared.counts.duplicates = read_ - rows.added();
    throw_if_stopped(options_.stop);
}

// What was written has to go now, since others may need the space. Where that cannot be, it goes
// when the store is opened the next time.
void Load::abandon(TermMerge& terms) noexcept {
    try {
        target_->abandon();
        terms.abandon();
    } catch (const std::exception&) {
        return;
    }
}

}  // namespace

std::unique_ptr<BulkLoad> make_bulk_load(std::unique_ptr<LoadTarget> target,
                                         const LoadOptions& options) {
    return std::make_unique<Load>(std::move(target), options);
}

}  // namespace dossier::storage
