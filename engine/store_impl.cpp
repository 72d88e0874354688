#include "engine/store_impl.h"

#include <dossier/prefixes.h>

namespace dossier {

storage::Store& Store::Impl::open_store() const {
    if (!store) throw UsageError("the store has been closed");
    return *store;
}

std::stop_token Store::Impl::interrupt_token() const {
    const std::lock_guard lock(mutex);
    return interrupt_source.get_token();
}

void Store::Impl::interrupt() {
    std::stop_source old;
    {
        const std::lock_guard lock(mutex);
        std::swap(old, interrupt_source);
    }
    old.request_stop();
}

bool Store::Impl::union_default_graph() const {
    return open_store().setting("union") == "on";
}

Prefixes Store::Impl::prefixes() const {
    constexpr std::string_view key = "prefix:";
    Prefixes found;
    for (auto& [name, value] : open_store().settings())
        if (name.starts_with(key)) found.emplace_back(name.substr(key.size()), value);
    return found;
}

std::shared_ptr<const engine::HostFunctions> Store::Impl::host_functions() const {
    const std::lock_guard lock(mutex);
    return functions;
}
std::shared_ptr<const engine::HostAggregates> Store::Impl::host_aggregates() const {
    const std::lock_guard lock(mutex);
    return aggregates;
}
std::shared_ptr<const ServiceHandler> Store::Impl::service_handler() const {
    const std::lock_guard lock(mutex);
    return service;
}

PrefixEnvironment::PrefixEnvironment(const QueryOptions& options, Prefixes store_prefixes)
    : own_(options.prefixes), well_known_(options.well_known_prefixes) {
    own_.insert(own_.end(), std::make_move_iterator(store_prefixes.begin()),
                std::make_move_iterator(store_prefixes.end()));
    own_.insert(own_.end(), options.fallback_prefixes.begin(), options.fallback_prefixes.end());
}

std::optional<std::string_view> PrefixEnvironment::find(std::string_view name) const {
    for (const auto& [known, iri] : own_)
        if (known == name) return iri;
    if (well_known_) return PrefixMap::well_known().find(name);
    return std::nullopt;
}

sparql::SparqlOptions parser_options(const Store::Impl& store, const QueryOptions& options,
                                     const PrefixEnvironment& environment) {
    sparql::SparqlOptions result = parser_options(options, environment);
    if (auto aggregates = store.host_aggregates())
        result.is_aggregate = [aggregates = std::move(aggregates)](std::string_view iri) {
            return aggregates->contains(std::string(iri));
        };
    return result;
}

sparql::SparqlOptions parser_options(const QueryOptions& options,
                                     const PrefixEnvironment& environment) {
    sparql::SparqlOptions result;
    result.source = options.source;
    result.base = options.base;
    result.prefix = [&environment](std::string_view name) { return environment.find(name); };
    return result;
}

}  // namespace dossier
