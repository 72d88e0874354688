#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dossier/term.h>

#include "rdf/stop_question.h"
#include "storage/snapshot.h"
#include "storage/term_id.h"

namespace dossier::storage {

enum class Durability : std::uint8_t {
    durable,  // a commit returns after its fsync
    relaxed,  // a commit returns after the write; a crash of the machine may lose the last ones
};

struct OpenOptions {
    bool create = false;     // make the store where the directory does not exist or is empty
    bool read_only = false;  // takes no lock, writes nothing
    // Opens a store whose log is damaged or has lost commits with what is left of it, and says so
    // through `log`. Else such a store is refused.
    bool accept_loss = false;
    std::size_t cache_bytes = std::size_t{256} << 20;
    Durability durability = Durability::durable;
    std::function<void(std::string_view)> log;  // messages for the host; called from any thread
};

struct CommitOptions {
    std::string author;
    std::string message;
    std::optional<Durability> durability;  // else the store's
};

struct CommitInfo {
    std::uint64_t number = 0;    // unchanged when nothing changed
    std::uint64_t inserted = 0;  // effective changes: no-ops are not counted
    std::uint64_t removed = 0;
};

struct StoreInfo {
    std::string uuid;
    std::uint64_t epoch = 0;
    std::uint32_t format_version = 0;
    std::uint64_t commits = 0;
    std::uint64_t statements = 0;  // distinct (s, p, o, g)
    std::uint64_t named_graphs = 0;
    std::uint64_t terms = 0;
    std::uint64_t triple_terms = 0;
    std::uint64_t bytes_on_disk = 0;
    std::uint64_t unfolded_changes = 0;
};

// The writer's right. Belongs to one thread at a time. The destructor rolls back.
class Transaction {
  public:
    virtual ~Transaction() = default;

    // The state as this transaction sees it now, its own changes included; unaffected by later
    // ones.
    // Sorting many changes for it takes its time: `question`, where there is one, is asked
    // meanwhile.
    virtual std::shared_ptr<const Snapshot> snapshot(StopQuestion* question = nullptr) = 0;
    // The term's id, given a new one where the store does not know it. Blank nodes: an existing one
    // is named by the label the store writes; every other label is an error (see new_blank_node).
    virtual TermId intern(const TermView& term) = 0;
    // The same for an IRI that is about to be used as a predicate or as a graph: new ones get the
    // small numbers of Tag::name there, which keep the columns narrow. A known term keeps its id in
    // any position.
    virtual TermId intern_name(const TermView& term) = 0;
    virtual TermId intern_triple(const TripleIds& triple) = 0;
    virtual TermId new_blank_node() = 0;

    virtual void insert(const QuadIds& quad) = 0;
    virtual void remove(const QuadIds& quad) = 0;

    // What the changes and the new terms take now, what growing by one more takes included; and how
    // many changes a snapshot has to hold in each order that is read.
    virtual std::size_t held_bytes() const = 0;
    virtual std::size_t change_count() const = 0;

    // Durable when it returns, unless relaxed. The transaction is over afterwards, also on a throw.
    virtual CommitInfo commit(const CommitOptions& options) = 0;
    virtual void rollback() = 0;
};

struct LoadOptions {
    std::size_t memory_bytes = std::size_t{1} << 30;  // for sorting; the rest goes to files
    unsigned threads = 0;                             // 0: as many as the machine has
    std::vector<Term> replace_graphs;  // emptied in the same commit (the empty IRI: default graph)
    std::stop_token stop;              // cancels finish() too
    CommitOptions commit;
};

struct LoadCounts {
    std::uint64_t read = 0;        // statements given
    std::uint64_t added = 0;       // of them new in the store
    std::uint64_t duplicates = 0;  // read - added
};

// A load of any size as one commit, in bounded memory. The destructor drops what was not finished.
class BulkLoad {
  public:
    // Takes statements from one thread; several workers may run side by side.
    class Worker {
      public:
        virtual ~Worker() = default;
        // `scope` tells blank nodes of different files apart: equal labels in one scope are one
        // node.
        virtual void add(const QuadView& quad, std::uint32_t scope) = 0;
        // Hands over what is buffered; call once before finish().
        virtual void flush() = 0;
    };

    virtual ~BulkLoad() = default;
    virtual std::unique_ptr<Worker> worker() = 0;
    virtual LoadCounts finish() = 0;
};

// A store: a directory, or memory. Thread-safe. One process writes (others are told who).
class Store {
  public:
    virtual ~Store() = default;

    static std::shared_ptr<Store> open(const std::string& path, const OpenOptions& options);
    static std::shared_ptr<Store> in_memory();

    virtual std::shared_ptr<const Snapshot> snapshot() const = 0;
    // Waits for the writer's right at most `timeout`, then throws Conflict.
    virtual std::unique_ptr<Transaction> begin(std::chrono::milliseconds timeout) = 0;
    virtual std::unique_ptr<BulkLoad> bulk_load(const LoadOptions& options) = 0;

    // Small named settings kept in the store ("union", "prefix:ex" ...); durable at return.
    virtual std::optional<std::string> setting(std::string_view name) const = 0;
    virtual void set_setting(std::string_view name, std::string_view value) = 0;
    // All of them or none, with one sync.
    virtual void set_settings(const std::vector<std::pair<std::string, std::string>>& settings) = 0;
    virtual void remove_setting(std::string_view name) = 0;
    virtual std::vector<std::pair<std::string, std::string>> settings() const = 0;

    virtual StoreInfo info() const = 0;
    virtual bool read_only() const = 0;
    virtual bool persistent() const = 0;
    // A directory for temporary files, made on demand; empty for a store in memory or read only.
    virtual std::string temporary_directory() const = 0;
    // Checks every stored byte and every sum; returns what is wrong, empty when all is well.
    virtual std::vector<std::string> verify() const = 0;
    // Merges unfolded changes into runs and flushes. Throws UsageError while snapshots, cursors or
    // transactions live. The destructor does the same without throwing.
    virtual void close() = 0;
};

}  // namespace dossier::storage
