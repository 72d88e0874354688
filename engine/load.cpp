#include "engine/load.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/formats.h"
#include "engine/statement_batch.h"

#include "parser/statement_parser.h"
#include "storage/work_queue.h"

namespace dossier::engine {

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;
// A line of N-Triples: three literals of the greatest size and room to spare.
constexpr std::size_t line_bytes = std::size_t{256} << 20;
constexpr std::size_t sniffed_bytes = 1024;

// Thrown out of a parser when `limit` statements have been read.
struct LimitReached {};

// Where statements of one thread go.
class Target {
  public:
    virtual ~Target() = default;
    virtual void add(const QuadView& quad, std::uint32_t scope) = 0;
};

class BulkTarget final : public Target {
  public:
    explicit BulkTarget(storage::BulkLoad& load) : worker_(load.worker()) {}
    void add(const QuadView& quad, std::uint32_t scope) override { worker_->add(quad, scope); }
    void flush() { worker_->flush(); }

  private:
    std::unique_ptr<storage::BulkLoad::Worker> worker_;
};

class NoTarget final : public Target {
  public:
    void add(const QuadView&, std::uint32_t) override {}
};

class TransactionTarget final : public Target {
  public:
    explicit TransactionTarget(storage::Transaction& transaction) : transaction_(transaction) {}

    void add(const QuadView& quad, std::uint32_t scope) override {
        if (scope != scope_) blank_nodes_.clear();
        scope_ = scope;
        const storage::TermId predicate = transaction_.intern_name(quad.predicate);
        const storage::TermId graph =
            quad.in_default_graph() ? storage::default_graph : graph_id(quad.graph);
        transaction_.insert({id(quad.subject), predicate, id(quad.object), graph});
    }

  private:
    // A graph may be named by a blank node.
    storage::TermId graph_id(const TermView& term) {
        return term.is_blank_node() ? id(term) : transaction_.intern_name(term);
    }
    storage::TermId id(const TermView& term) {
        if (term.is_blank_node()) {
            const auto [found, added] = blank_nodes_.try_emplace(std::string(term.text()));
            if (added) found->second = transaction_.new_blank_node();
            return found->second;
        }
        if (!term.is_triple()) return transaction_.intern(term);
        const TripleView& triple = term.triple();
        return transaction_.intern_triple(
            {id(triple.subject), transaction_.intern_name(triple.predicate), id(triple.object)});
    }

    storage::Transaction& transaction_;
    std::unordered_map<std::string, storage::TermId> blank_nodes_;
    std::uint32_t scope_ = 0;
};

// What all threads of a load share: counters, errors, and when to stop.
class Session {
  public:
    Session(const LoadOptions& options, std::stop_token stop) : options_(options), stop_(stop) {}

    const LoadOptions& options() const { return options_; }

    bool stopped() const {
        return stop_.stop_requested() || failed_.load(std::memory_order_relaxed) ||
               cancelled_.load(std::memory_order_relaxed);
    }
    bool cancelled() const { return stop_.stop_requested() || cancelled_.load(); }
    void cancel() { cancelled_ = true; }

    // An error ends the load. Several threads may fail: the error that stands first in the input
    // counts, which `order` tells.
    void fail(std::uint64_t order, std::exception_ptr error) {
        const std::lock_guard lock(mutex_);
        if (!failed_ || order < failed_order_) {
            failed_order_ = order;
            error_ = std::move(error);
        }
        failed_ = true;
    }
    std::uint64_t failed_order() {
        const std::lock_guard lock(mutex_);
        return failed_ ? failed_order_ : UINT64_MAX;
    }
    void rethrow() {
        const std::lock_guard lock(mutex_);
        if (error_) std::rethrow_exception(error_);
    }

    // Takes note of a statement that is left out; false when there have been too many.
    bool skipped(const SyntaxError& error) {
        const std::lock_guard lock(mutex_);
        ++skipped_;
        pending_.push_back(error);
        return options_.max_errors == 0 || skipped_ <= options_.max_errors;
    }
    [[noreturn]] void too_many_errors() const {
        throw LimitError("more errors than the limit of " + std::to_string(options_.max_errors) +
                         " (max_errors)");
    }
    // Tells the caller about statements left out since the last time; only from its own thread.
    void report_skipped() {
        std::vector<SyntaxError> errors;
        {
            const std::lock_guard lock(mutex_);
            errors.swap(pending_);
        }
        if (!options_.on_skipped) return;
        std::stable_sort(errors.begin(), errors.end(), [](const auto& a, const auto& b) {
            return a.position().offset < b.position().offset;
        });
        for (const SyntaxError& error : errors) options_.on_skipped(error);
    }
    std::uint64_t skipped_count() {
        const std::lock_guard lock(mutex_);
        return skipped_;
    }

    // Counts a statement; false when the limit has been reached before it.
    bool count() {
        const std::uint64_t number = read_.fetch_add(1, std::memory_order_relaxed);
        return options_.limit == 0 || number < options_.limit;
    }
    // Whether the limit has been reached.
    bool full() const {
        return options_.limit != 0 && read_.load(std::memory_order_relaxed) >= options_.limit;
    }
    std::uint64_t read() const {
        const std::uint64_t read = read_.load(std::memory_order_relaxed);
        return options_.limit == 0 ? read : std::min(read, options_.limit);
    }

    void learn(std::string_view name, std::string_view iri) {
        const std::lock_guard lock(mutex_);
        const auto found = learned_.find(name);
        if (found == learned_.end()) {
            // Nobody reads more than that, and they go into the store.
            if (prefixes_.size() == max_learned_prefixes) return;
            learned_.emplace(name, prefixes_.size());
            prefixes_.emplace_back(name, iri);
            return;
        }
        const std::string& known_iri = prefixes_[found->second].second;
        if (known_iri == iri || warned_.size() == max_warnings ||
            !warned_.insert(std::string(name)).second)
            return;
        warnings_.push_back("the prefix " + std::string(name) + ": is declared as <" + known_iri +
                            "> and as <" + std::string(iri) + ">; the first is kept");
    }
    Prefixes take_prefixes() { return std::move(prefixes_); }
    std::vector<std::string> take_warnings() { return std::move(warnings_); }

    // Calls on_progress; only from the caller's thread.
    void progress(std::string_view file, const ByteSource& source) {
        report_skipped();
        if (!options_.on_progress) return;
        const ByteSource::Progress done = source.progress();
        Progress progress;
        progress.file = file;
        progress.bytes_done = done.consumed;
        progress.bytes_total = done.total;
        progress.statements = read();
        if (!options_.on_progress(progress)) cancel();
    }

  private:
    static constexpr std::size_t max_learned_prefixes = 1000;
    static constexpr std::size_t max_warnings = 100;

    const LoadOptions& options_;
    std::stop_token stop_;
    std::atomic<bool> failed_{false};
    std::atomic<bool> cancelled_{false};
    std::atomic<std::uint64_t> read_{0};
    std::mutex mutex_;
    std::uint64_t failed_order_ = 0;
    std::exception_ptr error_;
    std::uint64_t skipped_ = 0;
    std::vector<SyntaxError> pending_;
    Prefixes prefixes_;
    std::map<std::string, std::size_t, std::less<>> learned_;  // name to place in prefixes_
    std::unordered_set<std::string> warned_;
    std::vector<std::string> warnings_;
};

class LoadSink final : public StatementSink {
  public:
    LoadSink(Session& session, Target& target, std::uint32_t scope)
        : session_(session), target_(target), scope_(scope) {}

    void statement(const QuadView& quad) override {
        if (!session_.count()) throw LimitReached{};
        target_.add(quad, scope_);
        // What follows is not looked at, and may be broken.
        if (session_.full()) throw LimitReached{};
    }
    void prefix(std::string_view name, std::string_view iri) override { session_.learn(name, iri); }
    bool error(const SyntaxError& error) override {
        if (!session_.skipped(error)) session_.too_many_errors();
        return true;
    }

  private:
    Session& session_;
    Target& target_;
    std::uint32_t scope_;
};

ParseOptions parse_options(const LoadSource& source, Session& session) {
    const LoadOptions& options = session.options();
    ParseOptions parse;
    parse.base = options.base.empty() ? source.base : options.base;
    parse.source_name = source.name;
    if (options.graph)
        parse.default_graph = options.graph->text();
    else if (options.graph_from_file)
        parse.default_graph = source.base;
    parse.lenient = options.lenient;
    parse.on_error = options.on_error == ErrorPolicy::skip ? OnError::skip : OnError::stop;
    parse.cancelled = [&session] { return session.stopped(); };
    return parse;
}

Format format_of(const LoadSource& source, const LoadOptions& options, ByteSource& bytes) {
    if (options.format) return parser_format(*options.format);
    if (const std::optional<Format> format = format_from_path(source.name)) return *format;
    const std::string_view head = bytes.peek(sniffed_bytes);
    if (const std::optional<Format> format = format_from_content(head)) return *format;
    if (head.empty()) return Format::nquads;
    throw InputError(source.name +
                     ": the format can be told neither by the name nor by the content; name it "
                     "(--format nt, nq, ttl, trig or rdf)");
}

// Lines for one of the threads that parse.
struct LinesToParse {
    std::string buffer;
    LineBlock block;
    std::uint64_t order = 0;
};

// Reads one file of lines; the parsing is done by `targets`, one thread each.
void load_lines(const LoadSource& source, ByteSource& bytes, Format format, Session& session,
                std::vector<std::unique_ptr<Target>>& targets, std::uint32_t scope) {
    storage::WorkQueue<LinesToParse> queue(2 * targets.size());
    const ParseOptions parse = parse_options(source, session);
    const auto work = [&](Target& target) noexcept {
        while (std::optional<LinesToParse> item = queue.pop()) {
            // A block behind one that failed is of no interest; one before it still is, for its
            // error would be the first.
            if (!session.cancelled() && item->order < session.failed_order()) {
                try {
                    ParseOptions own = parse;
                    own.cancelled = [&session] { return session.cancelled(); };
                    LoadSink sink(session, target, scope);
                    parse_line_block(item->block, format, own, sink);
                } catch (const LimitReached&) {
                    session.fail(item->order, nullptr);
                } catch (...) {
                    session.fail(item->order, std::current_exception());
                }
            }
            queue.recycle(std::move(*item));
        }
    };

    std::vector<std::jthread> threads;
    std::exception_ptr error;
    try {
        for (const auto& target : targets)
            threads.emplace_back([&work, &target] { work(*target); });
        LineBlockReader reader(bytes, block_bytes, line_bytes);
        std::uint64_t order = 0;
        while (!session.stopped()) {
            LinesToParse item = queue.spare();
            if (!reader.next(item.buffer, item.block)) break;
            item.order = order++;
            while (!session.stopped() && !queue.push(item)) session.progress(source.name, bytes);
            session.progress(source.name, bytes);
        }
    } catch (...) {
        error = std::current_exception();
        session.cancel();
    }
    queue.close();
    threads.clear();  // joins
    session.report_skipped();
    if (error) std::rethrow_exception(error);
}

// Hands statements on in batches.
class BatchTarget final : public Target {
  public:
    BatchTarget(storage::WorkQueue<StatementBatch>& queue, Session& session)
        : queue_(queue), session_(session), batch_(queue.spare()) {}

    void add(const QuadView& quad, std::uint32_t) override {
        batch_.add(quad);
        if (batch_.full()) flush();
    }
    // What is given after the session has stopped is of no interest.
    void flush() {
        while (!batch_.empty() && !session_.stopped())
            if (queue_.push(batch_)) batch_ = queue_.spare();
        batch_.clear();
    }

  private:
    storage::WorkQueue<StatementBatch>& queue_;
    Session& session_;
    StatementBatch batch_;
};

// Reads one file in this thread.
void parse_document(const LoadSource& source, ByteSource& bytes, Format format, Session& session,
                    Target& target, std::uint32_t scope) {
    ParseOptions parse = parse_options(source, session);
    parse.cancelled = [&] {
        session.progress(source.name, bytes);
        return session.stopped();
    };
    LoadSink sink(session, target, scope);
    parse_statements(bytes, format, parse, sink);
}

// Reads one file in this thread, and leaves the statements to `targets`, one thread each: finding
// the terms of statements takes longer than parsing them.
void load_document(const LoadSource& source, ByteSource& bytes, Format format, Session& session,
                   std::vector<std::unique_ptr<Target>>& targets, std::uint32_t scope) {
    storage::WorkQueue<StatementBatch> queue(2 * targets.size());
    const auto work = [&](Target& target) noexcept {
        while (std::optional<StatementBatch> batch = queue.pop()) {
            try {
                if (!session.stopped())
                    for (const QuadView& quad : batch->quads()) target.add(quad, scope);
            } catch (...) {
                session.fail(0, std::current_exception());
            }
            batch->clear();
            queue.recycle(std::move(*batch));
        }
    };

    std::vector<std::jthread> threads;
    std::exception_ptr error;
    try {
        for (const auto& target : targets)
            threads.emplace_back([&work, &target] { work(*target); });
        BatchTarget batches(queue, session);
        try {
            parse_document(source, bytes, format, session, batches, scope);
        } catch (const LimitReached&) {
            batches.flush();
            throw;
        }
        batches.flush();
    } catch (...) {
        error = std::current_exception();
    }
    queue.close();
    threads.clear();  // joins
    // The parser was stopped because a target failed.
    session.rethrow();
    if (error) std::rethrow_exception(error);
}

// Reads all sources into the targets; whether `limit` ended it makes no difference.
std::uint64_t read_sources(const std::vector<LoadSource>& sources, Session& session,
                           std::vector<std::unique_ptr<Target>>& targets) {
    std::uint64_t bytes_read = 0;
    std::uint32_t scope = 0;
    try {
        for (const LoadSource& source : sources) {
            const std::unique_ptr<ByteSource> opened = source.open();
            ByteSource& bytes = *opened;
            const Format format = format_of(source, session.options(), bytes);
            const bool lines = format == Format::ntriples || format == Format::nquads;
            ++scope;
            if (targets.size() > 1 && !lines && !session.options().dry_run)
                load_document(source, bytes, format, session, targets, scope);
            else if (targets.size() > 1 && lines)
                load_lines(source, bytes, format, session, targets, scope);
            else
                parse_document(source, bytes, format, session, *targets.front(), scope);
            bytes_read += bytes.progress().consumed;
            session.report_skipped();
            if (session.cancelled()) throw Interrupted("the load was cancelled");
            session.rethrow();
            if (session.stopped()) break;  // the limit was reached
            session.progress(source.name, bytes);
        }
    } catch (const LimitReached&) {
    }
    session.report_skipped();
    if (session.cancelled()) throw Interrupted("the load was cancelled");
    return bytes_read;
}

std::vector<Term> graphs_to_replace(const std::vector<LoadSource>& sources,
                                    const LoadOptions& options) {
    std::vector<Term> graphs;
    if (!options.replace) return graphs;
    if (options.graph) {
        graphs.push_back(*options.graph);
    } else if (options.graph_from_file) {
        for (const LoadSource& source : sources) graphs.push_back(Term::iri(source.base));
    } else {
        graphs.emplace_back();
    }
    return graphs;
}

LoadOutcome outcome(Session& session, std::uint64_t bytes,
                    std::chrono::steady_clock::time_point begin) {
    LoadOutcome result;
    result.report.read = session.read();
    result.report.skipped = session.skipped_count();
    result.report.bytes = bytes;
    result.prefixes = session.take_prefixes();
    result.report.warnings = session.take_warnings();
    result.report.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begin);
    return result;
}

// What each worker still holds is sorted now: side by side, since it may be all there is.
void flush_all(const std::vector<BulkTarget*>& workers) {
    std::vector<std::exception_ptr> failures(workers.size());
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < workers.size(); ++i) {
            threads.emplace_back([&, i] {
                try {
                    workers[i]->flush();
                } catch (...) {
                    failures[i] = std::current_exception();
                }
            });
        }
    }
    for (const std::exception_ptr& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
}

}  // namespace

LoadOutcome load_sources(storage::Store& store, const std::vector<LoadSource>& sources,
                         const LoadOptions& options, unsigned threads, std::stop_token stop) {
    const auto begin = std::chrono::steady_clock::now();
    Session session(options, stop);
    std::vector<std::unique_ptr<Target>> targets;
    threads = std::max(1u, threads);
    if (options.dry_run) {
        for (unsigned i = 0; i < threads; ++i) targets.push_back(std::make_unique<NoTarget>());
        const std::uint64_t bytes = read_sources(sources, session, targets);
        return outcome(session, bytes, begin);
    }

    storage::LoadOptions load_options;
    load_options.memory_bytes = options.memory;
    load_options.threads = threads;
    load_options.replace_graphs = graphs_to_replace(sources, options);
    load_options.stop = stop;
    load_options.commit.author = options.commit.author;
    load_options.commit.message = options.commit.message;
    if (options.commit.durability)
        load_options.commit.durability =
            static_cast<storage::Durability>(*options.commit.durability);
    const std::unique_ptr<storage::BulkLoad> load = store.bulk_load(load_options);
    std::vector<BulkTarget*> workers;
    for (unsigned i = 0; i < threads; ++i) {
        auto target = std::make_unique<BulkTarget>(*load);
        workers.push_back(target.get());
        targets.push_back(std::move(target));
    }
    const std::uint64_t bytes = read_sources(sources, session, targets);
    flush_all(workers);
    targets.clear();
    const storage::LoadCounts counts = load->finish();
    LoadOutcome result = outcome(session, bytes, begin);
    result.report.added = counts.added;
    result.report.duplicates = counts.duplicates;
    return result;
}

LoadOutcome load_into_transaction(storage::Transaction& transaction,
                                  const std::vector<LoadSource>& sources,
                                  const LoadOptions& options, std::stop_token stop) {
    const auto begin = std::chrono::steady_clock::now();
    Session session(options, stop);
    std::vector<std::unique_ptr<Target>> targets;
    if (options.dry_run)
        targets.push_back(std::make_unique<NoTarget>());
    else
        targets.push_back(std::make_unique<TransactionTarget>(transaction));
    const std::uint64_t bytes = read_sources(sources, session, targets);
    return outcome(session, bytes, begin);
}

}  // namespace dossier::engine
