#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dossier/error.h>
#include <dossier/term.h>

// Option structs. Every member has a default, so that designated initialisers may name only what
// they change.

namespace dossier {

// When a commit returns.
enum class Durability : std::uint8_t {
    durable,  // after its fsync: it survives a crash of the machine
    relaxed,  // after the write: it survives a crash of the process only
};

// How data is written down.
enum class DataFormat : std::uint8_t { ntriples, nquads, turtle, trig, rdf_xml };

// How solutions are written down: the four forms of the W3C.
enum class ResultFormat : std::uint8_t { json, xml, csv, tsv };

struct OpenOptions {
    bool create = false;     // make the store where there is none
    bool read_only = false;  // take no lock and write nothing
    std::size_t cache_bytes = std::size_t{256} << 20;
    unsigned threads = 0;  // for loads; 0: as many as the machine has
    Durability durability = Durability::durable;
    // Messages for the host, from any thread; must not throw. Silent when empty.
    std::function<void(std::string_view)> log = {};
};

// A prefix and the IRI it stands for, without the colon.
using Prefixes = std::vector<std::pair<std::string, std::string>>;

struct QueryOptions {
    // For parsing it, and again for each run with its planning; of an update for all of it.
    std::optional<std::chrono::nanoseconds> timeout = {};
    // Bytes a query may hold; sorts, groups and joins spill to files before it. An update's changes
    // count.
    std::size_t memory = std::size_t{1} << 30;
    std::stop_token stop = {};
    std::string base = {};
    Prefixes prefixes = {};        // known besides those the query declares, which win
    std::string source = "query";  // how messages name the text
    // Together they replace FROM and FROM NAMED where one of them is not empty.
    std::vector<Term> default_graphs = {};
    std::vector<Term> named_graphs = {};
    // Queries without FROM read all graphs; unset: the store's setting `union`.
    std::optional<bool> union_default_graph = {};
    Prefixes fallback_prefixes = {};   // known where neither those nor the store's are
    bool well_known_prefixes = false;  // rdf, rdfs, foaf ... are known without a declaration
    // Values of variables, as Query::bind() gives them. In an update they hold for WHERE and for
    // the templates of all operations that have such a variable.
    std::vector<std::pair<std::string, Term>> parameters = {};
    // LOAD <file:...> may read files below this directory; empty: none.
    std::string load_directory = {};
    // Names of optimizer passes to leave out; answers do not depend on it.
    std::vector<std::string> disabled_passes = {};
};

struct CommitOptions {
    std::string author = {};
    std::string message = {};
    std::optional<Durability> durability = {};
};

struct UpdateReport {
    std::uint64_t inserted = 0;  // statements that were not there before
    std::uint64_t removed = 0;   // statements that were there
    std::uint64_t operations = 0;
    std::uint64_t reifiers_inserted = 0;  // rdf:reifies statements among them
    std::uint64_t reifiers_removed = 0;
    std::uint64_t commit = 0;  // number of the commit; 0 when nothing changed
};

struct Progress {
    std::string_view file;
    std::uint64_t bytes_done = 0;   // of the file as stored, compressed or not
    std::uint64_t bytes_total = 0;  // 0: not known (a stream)
    std::uint64_t statements = 0;
};

// What a load does with a statement in error.
enum class ErrorPolicy : std::uint8_t {
    stop,  // nothing is loaded
    skip,  // leaves out exactly that statement
};

struct LoadOptions {
    std::optional<DataFormat> format = {};  // unset: by file name, else by content
    std::string base = {};                  // unset: the file's own IRI
    std::optional<Term> graph = {};         // default-graph data go there
    bool graph_from_file = false;           // the file's IRI is the graph
    bool replace = false;                   // the target graphs are emptied in the same commit
    bool lenient = false;                   // do not check IRIs and language tags
    ErrorPolicy on_error = ErrorPolicy::stop;
    std::uint64_t max_errors = 0;  // with skip: stop after so many; 0: no limit
    std::uint64_t limit = 0;       // stop after so many statements; 0: no limit
    bool dry_run = false;          // parse only
    bool learn_prefixes = true;    // remember the prefixes the data declares
    std::size_t memory = std::size_t{1} << 30;
    unsigned threads = 0;  // 0: the store's
    std::stop_token stop = {};
    // Called now and then, never under a lock; returning false cancels (Interrupted is thrown).
    std::function<bool(const Progress&)> on_progress = {};
    // Called for each statement that is skipped.
    std::function<void(const SyntaxError&)> on_skipped = {};
    CommitOptions commit = {};
};

struct LoadReport {
    std::uint64_t read = 0;        // statements read
    std::uint64_t added = 0;       // of them new
    std::uint64_t duplicates = 0;  // of them known before, or repeated
    std::uint64_t skipped = 0;     // statements in error
    std::uint64_t removed = 0;     // by `replace`
    std::uint64_t bytes = 0;       // read from files
    std::uint64_t commit = 0;
    std::chrono::milliseconds elapsed{0};
    std::vector<std::string> warnings = {};  // for example a prefix bound in two ways
};

struct DumpOptions {
    // Graphs to write; empty: all in TriG and N-Quads, the default graph in Turtle and N-Triples.
    std::vector<Term> graphs = {};
    bool all_graphs = false;  // merged, for a triples format
    bool sorted = false;      // byte-stable: the same statements give the same bytes
    Prefixes prefixes = {};   // for Turtle, TriG and RDF/XML
    std::stop_token stop = {};
};

}  // namespace dossier
