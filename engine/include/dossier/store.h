#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dossier/claims.h>
#include <dossier/error.h>
#include <dossier/export.h>
#include <dossier/extensions.h>
#include <dossier/options.h>
#include <dossier/query.h>
#include <dossier/term.h>
#include <dossier/transaction.h>

namespace dossier {

struct GraphStatistics {
    Term graph;  // the empty IRI: the default graph
    std::uint64_t statements = 0;
};

struct PredicateCount {
    Term predicate;
    std::uint64_t statements = 0;
    std::uint64_t distinct_subjects = 0;  // an estimate
    std::uint64_t distinct_objects = 0;   // an estimate
};

struct ClassCount {
    Term type;
    std::uint64_t instances = 0;
};

struct StoreInfo {
    std::string path;  // empty: in memory
    std::string uuid;
    std::uint64_t epoch = 0;
    std::uint32_t format_version = 0;
    std::uint64_t commits = 0;
    std::uint64_t statements = 0;
    std::uint64_t default_graph_statements = 0;
    std::uint64_t named_graphs = 0;
    std::uint64_t terms = 0;
    std::uint64_t triple_terms = 0;
    std::uint64_t bytes_on_disk = 0;
    std::uint64_t unfolded_changes = 0;
    bool union_default_graph = false;
    Durability durability = Durability::durable;
};

// A knowledge base: a directory, or memory. A handle: copies mean the same store. Thread-safe.
class DOSSIER_EXPORT Store {
  public:
    // Opens a store. Throws StoreError when there is none, it is damaged, of a format this library
    // does not know, or not a store; Conflict when another process writes it.
    static Store open(const std::filesystem::path& path, const OpenOptions& options = {});
    // A store that lives as long as its handles do.
    static Store in_memory();

    // Queries. Each reads one committed state. The text may use the prefixes set_prefix() gave.
    Rows query(std::string_view text, const QueryOptions& options = {}) const;
    bool ask(std::string_view text, const QueryOptions& options = {}) const;
    Graph construct(std::string_view text, const QueryOptions& options = {}) const;
    Query prepare(std::string_view text, const QueryOptions& options = {}) const;

    // What is asserted or claimed about a bare graph pattern, such as `:Wagner :requested ?what`,
    // or about the pattern of a SELECT query without aggregates; over all graphs.
    ClaimAnswers claims(std::string_view pattern, const QueryOptions& options = {}) const;

    // All operations of one request are one commit. Throws Conflict when another writer does not
    // finish in time.
    UpdateReport update(std::string_view text, const QueryOptions& options = {},
                        const CommitOptions& commit = {});
    Transaction begin(std::chrono::milliseconds timeout = std::chrono::seconds(10));

    // Statements by pattern; an absent term matches any. Without a graph: all graphs.
    Graph match(const std::optional<Term>& subject, const std::optional<Term>& predicate,
                const std::optional<Term>& object, const std::optional<Term>& graph = {}) const;
    bool contains(const Term& subject, const Term& predicate, const Term& object,
                  const Term& graph = {}) const;
    bool insert(const Term& subject, const Term& predicate, const Term& object,
                const Term& graph = {});
    bool remove(const Term& subject, const Term& predicate, const Term& object,
                const Term& graph = {});

    // Loads are one commit, whatever their size, in bounded memory; nothing is left behind when one
    // fails.
    LoadReport load_file(const std::filesystem::path& file, const LoadOptions& options = {});
    LoadReport load_files(const std::vector<std::filesystem::path>& files,
                          const LoadOptions& options = {});
    LoadReport load(std::istream& in, DataFormat format, const LoadOptions& options = {});
    // The format is found by the first bytes where the options do not name it.
    LoadReport load_standard_input(const LoadOptions& options = {});
    LoadReport load_text(std::string_view text, DataFormat format, const LoadOptions& options = {});

    // Returns the number of statements written. RDF/XML cannot hold every statement (predicates
    // that do not end with a name of XML, control characters): then QueryError is thrown and
    // nothing written.
    std::uint64_t dump(DataFormat format, std::ostream& out, const DumpOptions& options = {}) const;

    // Named graphs that hold statements.
    std::vector<Term> graphs() const;
    std::uint64_t size() const;  // statements in all graphs
    StoreInfo info() const;
    std::vector<GraphStatistics> graph_statistics() const;
    std::vector<PredicateCount> predicates() const;  // most frequent first, over all graphs
    std::vector<ClassCount> classes() const;         // objects of rdf:type, most frequent first

    // Prefixes kept in the store, in name order.
    Prefixes prefixes() const;
    void set_prefix(std::string_view name, std::string_view iri);
    void remove_prefix(std::string_view name);
    // The prefixes everybody knows (rdf, rdfs, foaf ...), in name order.
    static const Prefixes& well_known_prefixes();

    // What the program adds to SPARQL (dossier/extensions.h says what they do and who calls them);
    // an empty function takes the name away again. A query knows what is there when it is prepared
    // and runs with what is there when it starts. Throws UsageError for an IRI that is none, or
    // that names a function of the library.
    void register_function(std::string_view iri, Function function);
    // An aggregate's name cannot be called as a function. It takes one argument.
    void register_aggregate(std::string_view iri, AggregateFactory factory);
    // Without a handler SERVICE is refused with QueryError, SERVICE SILENT gives the one empty
    // solution.
    void set_service_handler(ServiceHandler handler);

    // Settings kept in the store; `union` (on, off) and `durability` (durable, relaxed).
    std::vector<std::pair<std::string, std::string>> settings() const;
    void set_setting(std::string_view name, std::string_view value);

    // Checks every stored byte; returns what is wrong, empty when all is well.
    std::vector<std::string> verify() const;

    // Cancels all running queries, updates and loads of this store; they throw Interrupted. Safe to
    // call from any thread, not from a signal handler.
    void interrupt();

    bool read_only() const;
    // Closes the store. Throws UsageError while rows, graphs, transactions or prepared executions
    // live. Other handles are unusable afterwards.
    void close();

    struct Impl;  // internal

  private:
    explicit Store(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

}  // namespace dossier
