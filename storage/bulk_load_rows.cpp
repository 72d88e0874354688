#include "storage/bulk_load_rows.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "storage/row.h"
#include "storage/row_sorter.h"
#include "storage/run_tasks.h"
#include "storage/work_queue.h"

namespace dossier::storage {

namespace {

constexpr std::size_t batch_rows = 4'096;

struct RowBuffer {
    RowBuffer() {
        for (auto& column : columns) column.resize(batch_rows);
    }
    std::array<TermId*, 4> pointers() {
        return {columns[0].data(), columns[1].data(), columns[2].data(), columns[3].data()};
    }
    Row row(std::size_t i) const {
        return {columns[0][i], columns[1][i], columns[2][i], columns[3][i]};
    }
    std::array<std::vector<TermId>, 4> columns;
};

// Rows one at a time, from anything that gives them in batches.
template <typename Source>
class RowReader {
  public:
    explicit RowReader(Source& source) : source_(source) { advance(); }
    bool done() const { return size_ == 0; }
    const Row& row() const { return row_; }
    void advance() {
        if (++at_ >= size_) {
            const auto pointers = buffer_.pointers();
            size_ = source_.next(pointers, batch_rows);
            at_ = 0;
            if (size_ == 0) return;
        }
        row_ = buffer_.row(at_);
    }

  private:
    Source& source_;
    RowBuffer buffer_;
    std::size_t at_ = 0, size_ = 0;
    Row row_{};
};

// What the store held before, in one permutation; nothing for an empty store.
class OldRows {
  public:
    OldRows(const Snapshot& state, Permutation permutation, const std::vector<TermId>& emptied) {
        if (state.number() == 0) return;
        std::vector<TermId> graphs = state.graphs();
        graphs.insert(graphs.begin(), default_graph);
        std::erase_if(graphs, [&](TermId graph) {
            return std::binary_search(emptied.begin(), emptied.end(), graph);
        });
        if (graphs.empty()) return;
        const auto there = state.permutations();
        ScanRequest request;
        request.permutation = permutation;
        if (std::find(there.begin(), there.end(), permutation) == there.end()) {
            // A permutation that this load brings, with the graph first: all old rows are in the
            // default graph, so that the order of the rest is theirs.
            const Permutation without_graph = permutation == Permutation::gspo   ? Permutation::spo
                                              : permutation == Permutation::gpos ? Permutation::pos
                                                                                 : Permutation::osp;
            request.permutation = without_graph;
            rotated_ = true;
        }
        request.graphs.mode = GraphSelection::Mode::each;
        request.graphs.graphs = std::move(graphs);
        cursor_ = state.scan(request);
    }

    std::size_t next(std::span<TermId* const> columns, std::size_t capacity) {
        if (!cursor_) return 0;
        if (!rotated_) return cursor_->next(columns, capacity);
        TermId* const rotated[] = {columns[1], columns[2], columns[3], columns[0]};
        return cursor_->next(rotated, capacity);
    }

    bool empty() const { return !cursor_; }

  private:
    std::unique_ptr<RowCursor> cursor_;
    bool rotated_ = false;
};

}  // namespace

// A permutation to be made, and those that are made from it.
struct LoadRows::Node {
    Permutation permutation;
    std::unique_ptr<RowSorter> sorter;
    std::vector<std::unique_ptr<Node>> children;
};

namespace {

struct Derivation {
    Permutation from, to;
};
constexpr Derivation derivations[] = {
    {Permutation::spo, Permutation::pso},  {Permutation::spo, Permutation::osp},
    {Permutation::spo, Permutation::gspo}, {Permutation::pso, Permutation::ops},
    {Permutation::ops, Permutation::sop},  {Permutation::osp, Permutation::pos},
    {Permutation::osp, Permutation::gosp}, {Permutation::pos, Permutation::gpos},
};

}  // namespace

std::unique_ptr<LoadRows::Node> LoadRows::plan(Permutation permutation,
                                               const std::vector<Permutation>& wanted) {
    auto node = std::make_unique<Node>();
    node->permutation = permutation;
    for (const Derivation& derivation : derivations) {
        if (derivation.from != permutation) continue;
        auto child = plan(derivation.to, wanted);
        const bool needed = std::find(wanted.begin(), wanted.end(), derivation.to) != wanted.end();
        if (needed || !child->children.empty()) node->children.push_back(std::move(child));
    }
    return node;
}

LoadRows::LoadRows(LoadTarget& target, Settings settings)
    : target_(target), settings_(std::move(settings)), root_(std::make_unique<Node>()) {
    root_->permutation = Permutation::spo;
}

LoadRows::~LoadRows() = default;

// The rows of a chunk, with the ids that the store has for their terms.
void LoadRows::collect(const SealedChunk& chunk, const TermMerge& merge, RowSorter& sorter) const {
    RowBuffer buffer;
    static_assert(SealedChunk::row_batch <= batch_rows);
    const CellIds ids(chunk, merge);
    SpoolReader reader(chunk.rows, 0, chunk.rows.size());
    while (!reader.done()) {
        throw_if_stopped(settings_.stop);
        std::uint64_t header[2];
        std::memcpy(header, reader.take(sizeof header), sizeof header);
        const std::size_t count = header[0];
        for (std::size_t column = 0; column < 4; ++column) {
            auto& cells = buffer.columns[column];
            if (column == 3 && header[1] == 0) {
                std::fill_n(cells.begin(), count, default_graph);
                continue;
            }
            std::memcpy(cells.data(), reader.take(count * sizeof(TermId)), count * sizeof(TermId));
            for (std::size_t i = 0; i < count; ++i) cells[i] = ids(cells[i]);
        }
        const TermId* const pointers[] = {buffer.columns[0].data(), buffer.columns[1].data(),
                                          buffer.columns[2].data(), buffer.columns[3].data()};
        sorter.add(pointers, count);
    }
}

void LoadRows::collect(std::vector<std::unique_ptr<SealedChunk>>& chunks, const TermMerge& merge) {
    // Each thread has a sorter of its own for the chunks it takes.
    const std::size_t threads =
        std::clamp<std::size_t>(settings_.threads, 1, std::max<std::size_t>(chunks.size(), 1));
    SortOptions options;
    options.directory = settings_.directory;
    options.memory_bytes = settings_.memory_bytes / 2;
    options.threads = settings_.threads;
    root_->sorter = std::make_unique<RowSorter>(options);
    options.memory_bytes /= threads;
    options.threads = 1;
    std::atomic<std::size_t> next{0};
    std::vector<std::unique_ptr<RowSorter>> sorters;
    std::vector<std::function<void()>> tasks;
    for (std::size_t i = 0; i < threads; ++i) {
        sorters.push_back(std::make_unique<RowSorter>(options));
        tasks.push_back([&, &sorter = *sorters.back()] {
            for (std::size_t at = next++; at < chunks.size(); at = next++) {
                collect(*chunks[at], merge, sorter);
                chunks[at].reset();
            }
        });
    }
    run_tasks(tasks, settings_.threads);
    for (auto& sorter : sorters) {
        root_->sorter->take(*sorter);
        sorter.reset();
    }
    chunks.clear();
    root_->sorter->sort();
}

// Hands the new rows of a permutation on to the sorters of those made from it.
struct LoadRows::Emitter {
    // `aside`: each sorter in a thread of its own, for the caller has work enough and nobody else
    // has any.
    explicit Emitter(Node& from, bool aside = false) : node(from) {
        if (!aside) return;
        for (const auto& child : from.children) {
            Feeder& feeder = *feeders.emplace_back(std::make_unique<Feeder>());
            feeder.thread.emplace([this, &feeder, &to = *child] { feed(feeder, to); });
        }
    }
    void add(std::span<TermId* const> columns, std::size_t rows) {
        if (feeders.empty()) {
            for (const auto& child : node.children) give(*child, columns, rows);
            return;
        }
        const auto batch = std::make_shared<Batch>();
        for (std::size_t column = 0; column < 4; ++column)
            std::memcpy(batch->buffer.columns[column].data(), columns[column],
                        rows * sizeof(TermId));
        batch->rows = rows;
        for (const auto& feeder : feeders) {
            std::shared_ptr<Batch> shared = batch;
            while (!feeder->queue.push(shared)) {
            }
        }
    }
    // All that was added has arrived.
    void finish() {
        for (const auto& feeder : feeders) feeder->queue.close();
        for (const auto& feeder : feeders) {
            feeder->thread.reset();  // joins
            if (feeder->failure) std::rethrow_exception(feeder->failure);
        }
    }

  private:
    struct Batch {
        RowBuffer buffer;
        std::size_t rows = 0;
    };
    struct Feeder {
        ~Feeder() { queue.close(); }

        WorkQueue<std::shared_ptr<Batch>> queue{4};
        std::exception_ptr failure;          // of the thread, until it is joined
        std::optional<std::jthread> thread;  // the last: it uses the others
    };

    // After a failure the rest is dropped; finish() tells.
    void feed(Feeder& feeder, Node& to) noexcept {
        while (const std::optional<std::shared_ptr<Batch>> batch = feeder.queue.pop()) {
            try {
                if (!feeder.failure) give(to, (*batch)->buffer.pointers(), (*batch)->rows);
            } catch (...) {
                feeder.failure = std::current_exception();
            }
        }
    }
    void give(Node& to, std::span<TermId* const> columns, std::size_t rows) const {
        const auto& roles = permutation_roles[static_cast<std::size_t>(node.permutation)];
        const auto& wanted = permutation_roles[static_cast<std::size_t>(to.permutation)];
        const TermId* pointers[4];
        for (std::size_t column = 0; column < 4; ++column) {
            const auto at = std::find(roles.begin(), roles.end(), wanted[column]);
            pointers[column] = columns[static_cast<std::size_t>(at - roles.begin())];
        }
        to.sorter->add(pointers, rows);
    }

    Node& node;
    std::vector<std::unique_ptr<Feeder>> feeders;
};

// The rows in (s, p, o, g): told apart from the old ones, counted.
class LoadRows::SpoRows : public SortedRows {
  public:
    SpoRows(LoadRows& load, bool with_old)
        : load_(load),
          with_old_(with_old),
          emitter_(*load.root_, load.settings_.threads > 1),
          old_(*load.target_.state(), Permutation::spo, {}),
          plain_(old_.empty()) {
        if (!plain_) {
            new_reader_.emplace(*load.root_->sorter);
            old_reader_.emplace(old_);
        }
    }

    std::size_t next(std::span<TermId* const> columns, std::size_t capacity) override {
        throw_if_stopped(load_.settings_.stop);
        if (plain_) {
            const std::size_t count = load_.root_->sorter->next(columns, capacity);
            emitter_.add(columns, count);
            load_.added_ += count;
            load_.written_ += count;
            return count;
        }
        const auto& emptied = load_.settings_.emptied_graphs;
        std::size_t count = 0, fresh = 0;
        TermId* const fresh_columns[] = {fresh_.columns[0].data(), fresh_.columns[1].data(),
                                         fresh_.columns[2].data(), fresh_.columns[3].data()};
        while (count < capacity && fresh < batch_rows &&
               !(new_reader_->done() && old_reader_->done())) {
            const bool has_new = !new_reader_->done(), has_old = !old_reader_->done();
            const bool takes_new =
                has_new && (!has_old || new_reader_->row() <= old_reader_->row());
            const bool takes_old =
                has_old && (!has_new || old_reader_->row() <= new_reader_->row());
            const Row row = takes_new ? new_reader_->row() : old_reader_->row();
            // Old rows of emptied graphs are gone, unless they come again.
            const bool stays =
                takes_old && !std::binary_search(emptied.begin(), emptied.end(), row[3]);
            const bool added = takes_new && !takes_old;
            // In a new base what comes again counts as new for the other permutations, which do
            // not see the emptied graphs.
            const bool emitted = with_old_ ? takes_new && !stays : added;
            if (takes_new) new_reader_->advance();
            if (takes_old) old_reader_->advance();
            if (added) ++load_.added_;
            if (!with_old_ && takes_old && !takes_new && !stays) load_.removed_.push_back(row);
            if (emitted) {
                for (std::size_t c = 0; c < 4; ++c) fresh_columns[c][fresh] = row[c];
                ++fresh;
            }
            if (emitted || (with_old_ && stays)) {
                for (std::size_t c = 0; c < 4; ++c) columns[c][count] = row[c];
                ++count;
            }
        }
        emitter_.add(fresh_columns, fresh);
        load_.written_ += count;
        return count;
    }

    // After the last row, before the permutations made from this one are.
    void finish() { emitter_.finish(); }

  private:
    LoadRows& load_;
    const bool with_old_;
    Emitter emitter_;
    OldRows old_;
    const bool plain_;
    RowBuffer fresh_;
    std::optional<RowReader<RowSorter>> new_reader_;
    std::optional<RowReader<OldRows>> old_reader_;
};

// The rows of any other permutation: new ones from its sorter, with the old ones or without.
class LoadRows::MergedRows : public SortedRows {
  public:
    MergedRows(LoadRows& load, Node& node, bool with_old)
        : load_(load), node_(node), emitter_(node) {
        if (with_old) {
            old_.emplace(*load.target_.state(), node.permutation, load.settings_.emptied_graphs);
            if (old_->empty()) {
                old_.reset();
            } else {
                old_reader_.emplace(*old_);
            }
        }
    }

    std::size_t next(std::span<TermId* const> columns, std::size_t capacity) override {
        throw_if_stopped(load_.settings_.stop);
        if (!old_reader_) {
            const std::size_t count = node_.sorter->next(columns, capacity);
            emitter_.add(columns, count);
            return count;
        }
        std::size_t count = 0;
        while (count < capacity) {
            if (at_ == size_ && !exhausted_) {
                const auto pointers = fresh_.pointers();
                size_ = node_.sorter->next(pointers, batch_rows);
                at_ = 0;
                exhausted_ = size_ == 0;
                emitter_.add(pointers, size_);
            }
            const bool has_new = at_ < size_, has_old = !old_reader_->done();
            if (!has_new && !has_old) break;
            Row row;
            if (has_new && (!has_old || fresh_.row(at_) < old_reader_->row())) {
                row = fresh_.row(at_++);
            } else {
                row = old_reader_->row();
                old_reader_->advance();
            }
            for (std::size_t c = 0; c < 4; ++c) columns[c][count] = row[c];
            ++count;
        }
        return count;
    }

  private:
    LoadRows& load_;
    Node& node_;
    Emitter emitter_;
    std::optional<OldRows> old_;
    std::optional<RowReader<OldRows>> old_reader_;
    RowBuffer fresh_;
    std::size_t at_ = 0, size_ = 0;
    bool exhausted_ = false;
};

class LoadRows::RemovedRows : public SortedRows {
  public:
    explicit RemovedRows(std::vector<Row> rows) : rows_(std::move(rows)) {}

    std::size_t next(std::span<TermId* const> columns, std::size_t capacity) override {
        const std::size_t count = std::min(capacity, rows_.size() - at_);
        for (std::size_t i = 0; i < count; ++i, ++at_) {
            for (std::size_t c = 0; c < 4; ++c) columns[c][i] = rows_[at_][c];
        }
        return count;
    }

  private:
    const std::vector<Row> rows_;
    std::size_t at_ = 0;
};

void LoadRows::write_removed(LoadTarget::Shape shape) {
    if (removed_.empty()) return;
    std::vector<Permutation> wanted{Permutation::spo};
    if (shape != LoadTarget::Shape::log) wanted = target_.permutations();
    for (Permutation permutation : wanted) {
        std::vector<Row> rows;
        rows.reserve(removed_.size());
        for (const Row& row : removed_) {
            rows.push_back(to_row(to_quad(row, Permutation::spo), permutation));
        }
        std::sort(rows.begin(), rows.end());
        RemovedRows sorted(std::move(rows));
        target_.write_removed(permutation, sorted);
    }
}

void LoadRows::write(LoadTarget::Shape shape, bool named_graphs) {
    const bool base = shape == LoadTarget::Shape::base;
    std::vector<Permutation> wanted;
    if (shape != LoadTarget::Shape::log) {
        wanted = target_.permutations();
        const bool has_gspo =
            std::find(wanted.begin(), wanted.end(), Permutation::gspo) != wanted.end();
        if (named_graphs && !has_gspo) wanted.push_back(Permutation::gspo);
    }
    auto planned = plan(Permutation::spo, wanted);
    planned->sorter = std::move(root_->sorter);
    root_ = std::move(planned);

    // Nodes whose rows are complete; those below follow when it has been written.
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Node*> ready;
    std::size_t unfinished = 0;
    std::exception_ptr failure;
    // At most this many sorters hold rows at once: one being written and its children, each thread.
    const std::size_t share = settings_.memory_bytes / (2 * std::max(settings_.threads, 1u) + 1);
    // All permutations have the same rows.
    const SortOptions::Known spo{root_->sorter->packing(), root_->sorter->added()};
    const auto make_children = [&](Node& node) {
        for (auto& child : node.children) {
            SortOptions options;
            options.memory_bytes = share;
            options.directory = settings_.directory;
            options.remove_duplicates = false;
            options.key_columns = 1;
            const auto& roles = permutation_roles[static_cast<std::size_t>(child->permutation)];
            options.known = {spo.packing.reordered(roles), spo.rows};
            child->sorter = std::make_unique<RowSorter>(std::move(options));
        }
    };
    const auto process = [&](Node& node) {
        make_children(node);
        if (&node == root_.get()) {
            SpoRows rows(*this, base);
            target_.write(Permutation::spo, rows);
            rows.finish();
        } else {
            node.sorter->sort();
            MergedRows rows(*this, node, base);
            if (std::find(wanted.begin(), wanted.end(), node.permutation) != wanted.end()) {
                target_.write(node.permutation, rows);
            } else {
                // Only a step on the way to another permutation.
                RowBuffer buffer;
                const auto pointers = buffer.pointers();
                while (rows.next(pointers, batch_rows) != 0) {
                }
            }
        }
        node.sorter.reset();
    };
    const auto work = [&] {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [&] { return !ready.empty() || unfinished == 0 || failure; });
            if (failure || unfinished == 0) return;
            Node* const node = ready.front();
            ready.pop_front();
            lock.unlock();
            std::exception_ptr error;
            try {
                process(*node);
            } catch (...) {
                error = std::current_exception();
            }
            lock.lock();
            if (error && !failure) failure = error;
            --unfinished;
            if (!error) {
                unfinished += node->children.size();
                for (auto& child : node->children) ready.push_back(child.get());
            }
            changed.notify_all();
        }
    };
    ready.push_back(root_.get());
    unfinished = 1;
    {
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < settings_.threads; ++i) others.emplace_back(work);
        work();
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace dossier::storage
