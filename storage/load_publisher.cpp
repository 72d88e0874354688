#include "storage/load_publisher.h"

#include <algorithm>

#include <dossier/error.h>

#include "storage/committed_snapshot.h"
#include "storage/disk_full.h"

namespace dossier::storage {

namespace {

constexpr std::chrono::minutes longest_wait{10};
// An ordinary commit, which goes through the log, up to here.
constexpr std::uint64_t most_logged = std::uint64_t{256} << 10;
// A first load beyond this goes into base blocks at once.
constexpr std::uint64_t most_logged_first = 20'000;
constexpr std::size_t batch_rows = 4096;

// A batch of rows in four columns.
struct RowBatch {
    std::array<std::array<TermId, batch_rows>, 4> columns;
    std::array<TermId*, 4> pointers{columns[0].data(), columns[1].data(), columns[2].data(),
                                    columns[3].data()};
    std::array<const TermId*, 4> constants{columns[0].data(), columns[1].data(), columns[2].data(),
                                           columns[3].data()};
};

}  // namespace

// Counts per group of equal first columns, as sorted rows pass.
struct LoadPublisher::Counter {
    std::map<TermId, std::uint64_t>* rows = nullptr;
    std::map<TermId, std::uint64_t>* distinct = nullptr;  // values of the second column
    TermId group = unbound, value = unbound;
    std::uint64_t group_rows = 0, group_distinct = 0;

    void add(const RowBatch& batch, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const TermId first = batch.columns[0][i];
            const TermId second = batch.columns[1][i];
            if (first != group) {
                end();
                group = first;
                value = unbound;
            }
            ++group_rows;
            group_distinct += second != value ? 1 : 0;
            value = second;
        }
    }
    void end() {
        if (group.bound()) {
            if (rows != nullptr) {
                (*rows)[group] += group_rows;
            }
            (*distinct)[group] += group_distinct;
        }
        group_rows = group_distinct = 0;
    }
};

LoadPublisher::LoadPublisher(CoreReference core, bool replaces)
    : core_(std::move(core)), right_(core_->right(), longest_wait), replaces_(replaces) {
    core_->throw_if_read_only();
    state_ = core_->commits().newest();
    // A load that brings gspo takes all older rows for those of the default graph.
    if (!state_->graphs->empty() && !state_->index(Permutation::gspo)) {
        core_->fold_log();
        state_ = core_->commits().newest();
    }
}

LoadPublisher::~LoadPublisher() = default;

std::shared_ptr<const Snapshot> LoadPublisher::state() {
    return std::make_shared<CommittedSnapshot>(core_, state_);
}

std::vector<Permutation> LoadPublisher::permutations() {
    std::vector<Permutation> permutations;
    for (std::size_t i = 0; i < statement_permutations; ++i) {
        if (state_->indexes[i]) {
            permutations.push_back(static_cast<Permutation>(i));
        }
    }
    return permutations;
}

std::string LoadPublisher::temporary_directory() {
    return core_->files() ? core_->files()->make_temporary_directory() : std::string();
}

LoadTarget::Shape LoadPublisher::shape(std::uint64_t statements_given, bool named_graphs) {
    const std::uint64_t present = state_->statements;
    if (replaces_) {
        shape_ = statements_given <= most_logged_first && present <= most_logged ? Shape::log
                                                                                 : Shape::base;
    } else if (present == 0) {
        shape_ = statements_given <= most_logged_first ? Shape::log : Shape::base;
    } else if (statements_given >= most_logged_first && statements_given >= present / 4) {
        shape_ = Shape::base;
    } else {
        shape_ = statements_given <= most_logged ? Shape::log : Shape::runs;
    }
    if (shape_ == Shape::runs && named_graphs && !state_->index(Permutation::gspo)) {
        shape_ = Shape::base;  // gspo is made on the way
    }
    if (shape_ != Shape::log) {
        first_generation_ = core_->reserve_generations(statement_permutations);
    }
    return shape_;
}

void LoadPublisher::collect(SortedRows& rows, bool insert) {
    const Version version = Version::of(state_->number + 1, insert);
    const auto batch = std::make_unique<RowBatch>();
    while (const std::size_t count = rows.next(batch->pointers, batch_rows)) {
        for (std::size_t i = 0; i < count; ++i) {
            changes_.push_back({{batch->columns[0][i], batch->columns[1][i], batch->columns[2][i],
                                 batch->columns[3][i]},
                                version});
        }
    }
}

void LoadPublisher::write(Permutation permutation, SortedRows& rows) {
    if (shape_ == Shape::log) {
        collect(rows, true);
        return;
    }
    const auto at = static_cast<std::size_t>(permutation);
    Written& written = written_[at];
    written.generation = first_generation_ + at;
    const bool base = shape_ == Shape::base;
    GenerationBuilder builder(
        core_->blocks(), permutation, written.generation,
        base ? GenerationBuilder::Content::rows : GenerationBuilder::Content::changes);
    const std::vector<Version> versions(batch_rows, Version::of(state_->number + 1, true));
    Counter predicates;
    if (permutation == Permutation::pso) {
        predicates.rows = &predicate_rows_;
        predicates.distinct = &predicate_subjects_;
    } else if (permutation == Permutation::pos) {
        predicates.distinct = &predicate_objects_;
    }
    const auto batch = std::make_unique<RowBatch>();
    while (const std::size_t count = rows.next(batch->pointers, batch_rows)) {
        if (base) {
            builder.add(batch->constants, count);
        } else {
            builder.add(batch->constants, versions.data(), count);
        }
        if (permutation == Permutation::spo) {
            for (std::size_t i = 0; i < count;) {
                const TermId graph = batch->columns[3][i];
                const std::size_t first = i;
                while (i < count && batch->columns[3][i] == graph) {
                    ++i;
                }
                graph_counts_[graph] += i - first;
            }
        }
        if (predicates.distinct != nullptr) {
            predicates.add(*batch, count);
        }
    }
    if (predicates.distinct != nullptr) {
        predicates.end();
    }
    written.blocks = builder.finish();
}

void LoadPublisher::write_removed(Permutation permutation, SortedRows& rows) {
    if (shape_ != Shape::log || permutation != Permutation::spo) {
        throw UsageError("a load removes rows only through the log or a new base");
    }
    collect(rows, false);
}

CommitInfo LoadPublisher::publish(const PreparedLoad& load, const CommitOptions& options) {
    return shape_ == Shape::log ? publish_log(load, options) : publish_root(load, options);
}

void LoadPublisher::abandon() {
    for (std::size_t i = 0; i < statement_permutations; ++i) {
        if (shape_ != Shape::log) {
            drop_generation(*core_->blocks(), static_cast<Permutation>(i), first_generation_ + i);
        }
    }
}

CommitInfo LoadPublisher::publish_log(const PreparedLoad& load, const CommitOptions& options) {
    std::sort(changes_.begin(), changes_.end());
    // A row that leaves with its graph and comes back with the load does not change.
    std::vector<Change> effective;
    effective.reserve(changes_.size());
    for (const Change& change : changes_) {
        if (!effective.empty() && effective.back().quad == change.quad) {
            effective.pop_back();
        } else {
            effective.push_back(change);
        }
    }
    changes_.clear();
    if (effective.empty()) {
        right_.release();
        core_->wait(state_->number, options.durability);
        return {state_->number, 0, 0};
    }
    CommitInfo info{state_->number + 1, 0, 0};
    for (const Change& change : effective) {
        ++(change.version.insert() ? info.inserted : info.removed);
    }
    CommitTerms terms{load.entries, load.dictionary.counters, std::nullopt,
                      [&] { core_->dictionary()->publish(load.dictionary); }};
    DictionaryRoot before = DictionaryRoot::parse(core_->writer().root.dictionary);
    before.counters = load.dictionary.counters;  // come with the commit's header
    if (before.serialise() != load.dictionary.serialise()) {
        terms.root = load.dictionary;
    }
    core_->write_commit(std::move(effective), terms, options);
    right_.release();
    core_->fold_when_due();
    core_->wait(info.number, options.durability);
    return info;
}

CommitInfo LoadPublisher::publish_root(const PreparedLoad& load, const CommitOptions& options) {
    const bool base = shape_ == Shape::base;
    CommitHeader header = core_->next_header(*state_, options);
    header.kind = base ? CommitKind::base : CommitKind::runs;
    header.counters = load.dictionary.counters;
    const auto spo = static_cast<std::size_t>(Permutation::spo);
    const std::uint64_t rows = written_[spo].blocks ? written_[spo].blocks->rows : 0;
    header.statements = base ? rows : state_->statements + rows;
    header.inserted = base ? load.counts.added : rows;
    header.removed = state_->statements + header.inserted - header.statements;
    header.run_generation = written_[spo].generation;
    if (header.inserted == 0 && header.removed == 0) {
        abandon();
        return {state_->number, 0, 0};
    }

    std::shared_ptr<State> next = base ? std::make_shared<State>(*state_) : core_->folded(*state_);
    for (std::size_t i = 0; i < statement_permutations; ++i) {
        Written& written = written_[i];
        auto& index = next->indexes[i];
        if (!written.blocks) {
            index = base ? nullptr : index;
            continue;
        }
        if (!index) {
            index = PermutationIndex::create(core_->cache(), static_cast<Permutation>(i));
        }
        if (base) {
            index = index->replace_base(std::move(*written.blocks), header.number);
        } else {
            RunRoot run;
            run.generation = written.generation;
            run.first_commit = run.last_commit = header.number;
            run.changes = written.blocks->rows;
            index = index->add_run(run, std::move(*written.blocks));
        }
    }
    GraphCounts counts = base ? GraphCounts() : core_->writer().graph_counts;
    for (const auto& [graph, count] : graph_counts_) {
        counts[graph] += count;
    }
    next->graphs = named_graphs_of(counts);
    if (base) {
        StatisticsCache::Entries entries;
        for (const auto& [predicate, count] : predicate_rows_) {
            entries[predicate] = {
                {count, predicate_subjects_[predicate], predicate_objects_[predicate]},
                header.number};
        }
        core_->statistics().set(std::move(entries));
    }
    auto batch = core_->blocks()->batch();
    for (const TermEntry& entry : load.entries) {
        batch->put(entry.family, entry.key, entry.value);
    }
    core_->writer().graph_counts.swap(counts);
    try {
        core_->publish_root(std::move(next), std::move(batch), load.dictionary, &header);
    } catch (const DiskFull&) {
        core_->writer().graph_counts.swap(counts);  // nothing has happened
        throw;
    }
    return {header.number, header.inserted, header.removed};
}

}  // namespace dossier::storage
