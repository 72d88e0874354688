#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include <dossier/store.h>

#include "engine/execution_context.h"
#include "parser/sparql_parser.h"
#include "storage/store.h"

// What the handles of the public interface share.

namespace dossier {

// A stop token that stops when the caller's or the store's does.
class StopSignal {
  public:
    StopSignal(std::stop_token caller, std::stop_token store)
        : from_caller_(std::move(caller), Forward{&source_}),
          from_store_(std::move(store), Forward{&source_}) {}
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    std::stop_token token() const { return source_.get_token(); }

  private:
    struct Forward {
        std::stop_source* source;
        void operator()() const noexcept { source->request_stop(); }
    };
    std::stop_source source_;
    std::stop_callback<Forward> from_caller_;
    std::stop_callback<Forward> from_store_;
};

struct Store::Impl {
    std::shared_ptr<storage::Store> store;
    std::string path;
    OpenOptions options;

    // Throws UsageError after close().
    storage::Store& open_store() const;
    std::stop_token interrupt_token() const;
    void interrupt();
    bool union_default_graph() const;
    Prefixes prefixes() const;

    // What the host registered; a query takes what there is when it starts.
    std::shared_ptr<const engine::HostFunctions> host_functions() const;
    std::shared_ptr<const engine::HostAggregates> host_aggregates() const;
    std::shared_ptr<const ServiceHandler> service_handler() const;

    // Replaced as wholes, under the mutex.
    std::shared_ptr<const engine::HostFunctions> functions;
    std::shared_ptr<const engine::HostAggregates> aggregates;
    std::shared_ptr<const ServiceHandler> service;

    mutable std::mutex mutex;
    std::stop_source interrupt_source;
};

// Prefixes in the order of precedence below the text's own: the call's, the store's, and the
// well-known ones where the call asks for them.
class PrefixEnvironment {
  public:
    PrefixEnvironment(const QueryOptions& options, Prefixes store_prefixes);

    std::optional<std::string_view> find(std::string_view name) const;
    // All but the well-known ones, for EXPLAIN and dumps.
    const Prefixes& own() const { return own_; }

  private:
    Prefixes own_;  // first match wins
    bool well_known_;
};

// The parser's options for one text; `environment` must outlive them.
sparql::SparqlOptions parser_options(const QueryOptions& options,
                                     const PrefixEnvironment& environment);
// With the aggregates a store's host registered.
sparql::SparqlOptions parser_options(const Store::Impl& store, const QueryOptions& options,
                                     const PrefixEnvironment& environment);

// How long a writer waits for another before it gives up.
inline constexpr std::chrono::milliseconds writer_timeout{10'000};

}  // namespace dossier
