#include "storage/store_core.h"

#include <algorithm>
#include <exception>
#include <set>

#include <dossier/error.h>

#include "storage/committed_snapshot.h"
#include "storage/disk_full.h"

namespace dossier::storage {

namespace {

std::int64_t now_microseconds() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

bool has_named_graph(std::span<const Change> changes) {
    return std::any_of(changes.begin(), changes.end(), [](const Change& change) {
        return change.version.insert() && change.quad.graph != default_graph;
    });
}

void collect_pages(const PermutationRoot& root, std::set<std::uint64_t>& numbers) {
    for (const PageReference& page : root.base) {
        numbers.insert(page.number);
    }
    for (const RunRoot& run : root.runs) {
        for (const PageReference& page : run.pages) {
            numbers.insert(page.number);
        }
    }
}

// Pages that only the old root names. Indexes in memory have read theirs already.
void remove_old_pages(WriteBatch& batch, const StoreRoot& before, const StoreRoot& after) {
    for (const PermutationRoot& old : before.permutations) {
        std::set<std::uint64_t> kept, numbers;
        for (const PermutationRoot& permutation : after.permutations) {
            if (permutation.permutation == old.permutation) {
                collect_pages(permutation, kept);
            }
        }
        collect_pages(old, numbers);
        for (const std::uint64_t number : numbers) {
            if (!kept.contains(number)) {
                batch.remove(Family::directory, directory_page_key(old.permutation, number));
            }
        }
    }
}

}  // namespace

std::shared_ptr<const std::vector<TermId>> named_graphs_of(const GraphCounts& counts) {
    auto graphs = std::make_shared<std::vector<TermId>>();
    for (const auto& [graph, count] : counts) {
        if (graph != default_graph) {
            graphs->push_back(graph);
        }
    }
    return graphs;
}

bool apply_changes(GraphCounts& counts, std::span<const Change> changes) {
    bool changed = false;
    for (const Change& change : changes) {
        if (change.version.insert()) {
            changed |= ++counts[change.quad.graph] == 1;
            continue;
        }
        const auto found = counts.find(change.quad.graph);
        if (found == counts.end()) {
            throw StoreError(
                "the commit log is damaged: a statement is removed from a graph that "
                "holds none");
        }
        if (--found->second == 0) {
            counts.erase(found);
            changed = true;
        }
    }
    return changed;
}

StoreCore::StoreCore(Parts parts)
    : lock_(std::move(parts.lock)),
      blocks_(std::move(parts.blocks)),
      cache_(std::move(parts.cache)),
      dictionary_(std::move(parts.dictionary)),
      header_(parts.header),
      files_(std::move(parts.files)),
      durability_(parts.durability),
      log_(std::move(parts.log)),
      commits_(blocks_, std::move(parts.state)),
      settings_(blocks_, std::move(parts.settings)),
      statistics_(std::move(parts.statistics)),
      writer_(std::move(parts.writer)),
      fold_limits_(parts.fold_limits) {}

StoreCore::~StoreCore() = default;

std::shared_ptr<const Snapshot> StoreCore::snapshot() {
    return std::make_shared<CommittedSnapshot>(CoreReference(shared_from_this()),
                                               commits_.published());
}

void StoreCore::log(std::string_view message) const {
    if (log_) {
        log_(message);
    }
}

void StoreCore::throw_if_read_only() const {
    if (blocks_->read_only()) {
        throw StoreError("the store is open for reading only");
    }
    commits_.throw_if_failed();
}

CommitHeader StoreCore::next_header(const State& before, const CommitOptions& options) const {
    CommitHeader header;
    header.number = before.number + 1;
    header.time = std::max(now_microseconds(), before.time + 1);
    header.previous = before.header_hash;
    header.author = options.author;
    header.message = options.message;
    return header;
}

std::shared_ptr<const State> StoreCore::write_commit(std::vector<Change> changes,
                                                     const CommitTerms& terms,
                                                     const CommitOptions& options) {
    throw_if_read_only();
    const std::shared_ptr<const State> before = commits_.newest();
    CommitHeader header = next_header(*before, options);
    header.inserted = static_cast<std::uint64_t>(std::count_if(
        changes.begin(), changes.end(), [](const Change& c) { return c.version.insert(); }));
    header.removed = changes.size() - header.inserted;
    header.statements = before->statements + header.inserted - header.removed;
    header.counters = terms.counters;

    const auto batch = blocks_->batch();
    const Hash128 hash = put_commit(*batch, header, changes);
    for (const TermEntry& entry : terms.entries) {
        batch->put(entry.family, entry.key, entry.value);
    }

    StoreRoot root;
    if (terms.root) {
        root = writer_.root;
        root.dictionary = terms.root->serialise();
        batch->put(Family::meta, root_key, root.encode());
    }

    auto next = std::make_shared<State>(*before);
    next->number = header.number;
    next->header_hash = hash;
    next->time = header.time;
    next->statements = header.statements;
    next->unfolded_changes += changes.size();
    const bool named = has_named_graph(changes);
    auto layer = std::make_shared<const ChangeLayer>(std::move(changes));
    try {
        // What a root no longer names is dropped as soon as it is written: it has to be durable.
        blocks_->write(*batch, terms.root.has_value());
        writer_.wrote = true;
        if (terms.root) {
            writer_.root = std::move(root);
        }
        terms.written();
        if (apply_changes(writer_.graph_counts, layer->changes())) {
            next->graphs = named_graphs_of(writer_.graph_counts);
        }
        // While nothing is in blocks yet, gspo can start from the log as the others did. A store
        // with blocks gets it with its next root: it only makes some scans faster.
        auto& by_graph = next->indexes[static_cast<std::size_t>(Permutation::gspo)];
        if (named && !by_graph && writer_.root.number == 0) {
            by_graph = PermutationIndex::create(cache_, Permutation::gspo);
            for (const auto& earlier : writer_.layers) {
                by_graph->append(earlier);
            }
        }
        writer_.layers.push_back(layer);
        for (const auto& index : next->indexes) {
            if (index) {
                index->append(layer);
            }
        }
        commits_.written(next);
    } catch (const DiskFull&) {
        throw;  // of the batch nothing was written
    } catch (const std::exception& error) {
        // Nobody knows how much of it reached the log: only opening again can tell.
        commits_.fail(error.what());
        throw;
    }
    return next;
}

void StoreCore::wait(std::uint64_t number, std::optional<Durability> durability) {
    if (durability.value_or(durability_) == Durability::relaxed) {
        commits_.publish_relaxed(number);
        return;
    }
    commits_.wait_durable(number);
    note_durable();
}

void StoreCore::note_durable() noexcept {
    using namespace std::chrono_literals;
    if (!files_) {
        return;
    }
    const std::unique_lock lock(watermark_mutex_, std::try_to_lock);
    const auto now = std::chrono::steady_clock::now();
    if (!lock.owns_lock() || now - watermark_written_ < 1s) {
        return;
    }
    watermark_written_ = now;
    try {
        const std::shared_ptr<const State> state = commits_.published();
        if (state->number <= commits_.durable() && state->number != watermark_number_) {
            files_->write_watermark({state->number, state->header_hash}, false);
            watermark_number_ = state->number;
        }
    } catch (const std::exception& error) {
        // The watermark only helps to notice damage; commits do not depend on it.
        log(error.what());
    }
}

std::uint64_t StoreCore::reserve_generations(std::uint64_t count) {
    constexpr std::uint64_t step = 256;
    const std::uint64_t first = writer_.next.generations;
    if (first + count > writer_.reserved.generations) {
        Intent intent = writer_.reserved;
        intent.generations = first + count + step;
        const auto batch = blocks_->batch();
        batch->put(Family::meta, intent_key, intent.encode());
        blocks_->write(*batch, true);
        writer_.reserved = intent;
    }
    writer_.next.generations = first + count;
    return first;
}

void StoreCore::publish_root(std::shared_ptr<State> next, std::unique_ptr<WriteBatch> batch,
                             const DictionaryRoot& dictionary, CommitHeader* header,
                             const RootPoint* point) {
    throw_if_read_only();
    const std::shared_ptr<const State> before = commits_.newest();
    StoreRoot root;
    root.log_generations = writer_.root.log_generations;
    try {
        if (header != nullptr) {
            next->number = header->number;
            next->time = header->time;
            next->header_hash = put_commit(*batch, *header, {});
            next->statements = header->statements;
            if (header->kind == CommitKind::runs) {
                root.log_generations.push_back(header->run_generation);
            }
        }
        const State& at = point != nullptr ? point->state : *next;
        const GraphCounts& counts = point != nullptr ? point->graph_counts : writer_.graph_counts;
        root.number = at.number;
        root.header_hash = at.header_hash;
        root.time = at.time;
        root.statements = at.statements;
        root.dictionary = dictionary.serialise();
        root.graphs.assign(counts.begin(), counts.end());
        std::uint64_t page = writer_.next.pages;
        for (const auto& index : next->indexes) {
            if (index) {
                root.permutations.push_back(index->save(*batch, page));
            }
        }
        // The numbers become durable with the pages that bear them.
        writer_.reserved.pages = page;
        batch->put(Family::meta, intent_key, writer_.reserved.encode());
        remove_old_pages(*batch, writer_.root, root);
        batch->put(Family::meta, root_key, root.encode());
        statistics_.save(*batch);
        next->unfolded_changes -= point != nullptr ? at.unfolded_changes : next->unfolded_changes;
        blocks_->write(*batch, true);
        writer_.next.pages = page;
        writer_.wrote = true;
        dictionary_->publish(dictionary);
        for (std::size_t i = 0; i < statement_permutations; ++i) {
            const auto& old = before->indexes[i];
            if (old && old != next->indexes[i]) {
                retired_.push_back({old, static_cast<Permutation>(i), old->generations()});
            }
        }
        writer_.root = std::move(root);
        std::erase_if(writer_.layers, [this](const auto& layer) {
            return layer->last_commit() <= writer_.root.number;
        });
        commits_.written_durably(next);
    } catch (const DiskFull&) {
        throw;  // of the batch nothing was written
    } catch (const std::exception& error) {
        commits_.fail(error.what());
        throw;
    }
    note_durable();
    try {
        drop_retired();
    } catch (const std::exception& error) {
        log(error.what());  // the root is published; what is left over goes another time
    }
}

void StoreCore::drop_retired() {
    const std::shared_ptr<const State> newest = commits_.newest();
    const auto dead = std::partition(retired_.begin(), retired_.end(), [](const Retired& retired) {
        return !retired.index.expired();
    });
    // What the newest index or one that is still read needs stays, and so does history.
    for (auto retired = dead; retired != retired_.end(); ++retired) {
        std::set<std::uint64_t> needed;
        const auto need = [&needed](const std::vector<std::uint64_t>& generations) {
            needed.insert(generations.begin(), generations.end());
        };
        if (const auto& index = newest->index(retired->permutation)) {
            need(index->generations());
        }
        for (auto other = retired_.begin(); other != dead; ++other) {
            if (other->permutation == retired->permutation) {
                need(other->generations);
            }
        }
        if (retired->permutation == Permutation::spo) {
            need(writer_.root.log_generations);
        }
        for (const std::uint64_t generation : retired->generations) {
            if (!needed.contains(generation)) {
                drop_generation(*blocks_, retired->permutation, generation);
            }
        }
    }
    retired_.erase(dead, retired_.end());
}

void StoreCore::finish() noexcept {
    folder_.request_stop();
    if (folder_.joinable()) {
        folder_.join();
    }
    // What is only in memory ends here.
    if (!blocks_->persistent() || blocks_->read_only() || commits_.failure()) {
        return;
    }
    try {
        // A transaction that still lives keeps what it began; the log has all commits before it.
        const HeldRight right(right_, std::chrono::milliseconds(0));
        if (writer_.wrote) {
            // A life of short processes must not let the log grow for ever; a small log is cheaper
            // to read at the next open than a run of its own in every permutation.
            constexpr std::uint64_t most_unfolded_commits = 500;
            const std::shared_ptr<const State> state = commits_.newest();
            if (state->unfolded_changes > fold_limits_.most_at_close ||
                state->number - writer_.root.number > most_unfolded_commits) {
                fold_log();
            }
            commits_.drain();
            drop_retired();
            blocks_->flush();
            if (files_) {
                const std::shared_ptr<const State> last = commits_.published();
                files_->write_watermark({last->number, last->header_hash}, true);
            }
        }
    } catch (const std::exception& error) {
        log(error.what());
    }
}

}  // namespace dossier::storage
